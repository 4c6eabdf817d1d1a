import"./chunk-bf8ba41bab.js";
