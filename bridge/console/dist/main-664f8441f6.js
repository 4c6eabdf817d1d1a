import"./chunk-f97682d977.js";
