import"./chunk-34c4508c16.js";
