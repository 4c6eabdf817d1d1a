import"./chunk-a07112c27b.js";
