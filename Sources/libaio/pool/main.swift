import LibAIO
