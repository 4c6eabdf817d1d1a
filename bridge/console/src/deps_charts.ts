/** The charts, which only the page of the figures loads. @module */

// @ts-types="npm:uplot@1.6.32"
export { default as uPlot } from "npm:uplot@1.6.32";
