import"./chunk-cf71c67ef8.js";
