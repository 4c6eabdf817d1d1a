import"./chunk-15269d316e.js";
