# The bridge behind a proxy that does TLS. Not loopback, so no demo accounts.
# TQQ_ALLOW_ORIGIN is the address under which the world knows it.
FROM denoland/deno:2.9.6
WORKDIR /tqq
COPY deno.json deno.lock mod.ts ./
COPY lib lib
COPY bridge bridge
RUN deno cache --lock=deno.lock --frozen bridge/main.ts && install -d -m 0700 -o deno -g deno /data
USER deno
ENV TQQ_DATA=/data TQQ_LISTEN=0.0.0.0:8080 TQQ_BEHIND_PROXY=true TQQ_NO_DEMO=true
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["deno", "run", "--cached-only", "--lock=deno.lock", "--frozen", "--allow-net", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", "bridge/main.ts"]
