import"./chunk-1299f2ba7c.js";
