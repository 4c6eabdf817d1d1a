// Parses asyncapi.json, writes a TypeScript type for each model into models/,
// and prints what the parser and its governance rules found.
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");
const { TypeScriptGenerator } = require("@asyncapi/modelina");

async function main() {
  const text = readFileSync("asyncapi.json", "utf8");
  const { diagnostics } = await new Parser().parse(text);
  const generator = new TypeScriptGenerator({ modelType: "interface" });
  const models = await generator.generateCompleteModels(JSON.parse(text), {});
  mkdirSync("models");
  for (const { modelName, result } of models) {
    writeFileSync(`models/${modelName}.ts`, result);
  }
  console.log(JSON.stringify({
    found: diagnostics.map(({ code }) => code),
    models: models.map(({ modelName }) => modelName),
  }));
}

main();
