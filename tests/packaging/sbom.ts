/**
 * Writes the bill of materials of the program in CycloneDX: every package that
 * a start fetches, and those in the console's bundle. `deno task sbom`.
 *
 * @module
 */

import { decodeBase64 } from "@std/encoding";
import { toHex } from "../../lib/hex.ts";
import { VERSION } from "../../bridge/version.ts";
import {
  type LockedPackage,
  PACKAGE_TEXTS,
  readLock,
} from "../docs/tables/packages.ts";
import { textFor } from "../docs/tables/texts.ts";

/** A package URL, by which CycloneDX names a component. */
function packageUrl({ name, version }: LockedPackage): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** The bill of materials. It holds no time, so that the same locks give the same text. */
export async function billOfMaterials(): Promise<Record<string, unknown>> {
  const locked = [
    ...await readLock("deno.lock"),
    ...await readLock("bridge/console/deno.lock"),
  ];
  const urlOf = (dependency: string) =>
    locked.filter(({ name, version }) =>
      dependency === name || dependency === `${name}@${version}`
    ).map(packageUrl);
  const imported = new Set(
    locked.flatMap(({ dependencies }) => dependencies.flatMap(urlOf)),
  );
  const self = `pkg:generic/tqq@${VERSION}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": self,
        name: "tqq",
        version: VERSION,
        purl: self,
        licenses: [{ license: { id: "MIT" } }],
      },
    },
    components: locked.map((one) => ({
      type: "library",
      "bom-ref": packageUrl(one),
      name: one.name,
      version: one.version,
      purl: packageUrl(one),
      hashes: [{ alg: "SHA-512", content: toHex(decodeBase64(one.integrity)) }],
      licenses: [{
        license: {
          id: textFor(PACKAGE_TEXTS, one.name, "PACKAGE_TEXTS").licence,
        },
      }],
    })),
    dependencies: [
      {
        ref: self,
        dependsOn: locked.map(packageUrl).filter((url) => !imported.has(url)),
      },
      ...locked.map((one) => ({
        ref: packageUrl(one),
        dependsOn: one.dependencies.flatMap(urlOf),
      })),
    ],
  };
}

if (import.meta.main) {
  const path = new URL("../../dist/tqq.cdx.json", import.meta.url);
  await Deno.mkdir(new URL(".", path), { recursive: true });
  const text = JSON.stringify(await billOfMaterials(), undefined, 2);
  await Deno.writeTextFile(path, `${text}\n`);
  console.log(path.pathname);
}
