import"./chunk-0c24edff6b.js";
