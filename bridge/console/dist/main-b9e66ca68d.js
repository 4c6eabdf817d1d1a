import"./chunk-023c79030f.js";
