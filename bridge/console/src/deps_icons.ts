/** Third party of the icons. The build leaves out those that are not drawn. @module */

export * from "npm:lucide@1.65.0";
