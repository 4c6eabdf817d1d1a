import"./chunk-77c1bac469.js";
