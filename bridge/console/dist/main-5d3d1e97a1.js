import"./chunk-8160b738a9.js";
