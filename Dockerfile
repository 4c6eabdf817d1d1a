# The bridge behind a proxy that does TLS. It is reachable from other hosts, so
# it has no demo accounts. TQQ_ALLOW_ORIGIN is the address that clients use.
#
# The digest names the image of all architectures; bridge/README.md tells how to
# look it up.
ARG DENO=denoland/deno:2.9.6@sha256:2014dc167ece617ef7e7ba40631ac2234c59e75ce693e7cc2dc2602b3c87859d
FROM ${DENO}
WORKDIR /tqq
COPY deno.json deno.lock mod.ts ./
COPY lib lib
COPY bridge bridge
RUN deno cache --lock=deno.lock --frozen bridge/main.ts && install -d -m 0700 -o deno -g deno /data /backups
USER deno
ENV TQQ_DATA=/data TQQ_LISTEN=0.0.0.0:8080 TQQ_BEHIND_PROXY=true TQQ_NO_DEMO=true
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["deno", "run", "--cached-only", "--no-prompt", "--lock=deno.lock", "--frozen", "--allow-net=127.0.0.1:8080", "--allow-env=TQQ_*,WS_*", "bridge/main.ts", "ready", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["deno", "run", "--cached-only", "--no-prompt", "--lock=deno.lock", "--frozen", "--allow-net=0.0.0.0:8080,127.0.0.1:8080,127.0.0.1:8000,unix:/data/control.sock", "--allow-read=/tqq,/data,/backups,/run/secrets", "--allow-write=/data,/backups", "--allow-env=TQQ_*,OTEL_*,WS_*,JOURNAL_STREAM,npm_command", "--allow-sys=statfs", "bridge/main.ts"]
