// The print page of a list opens the browser's print dialog by itself.
window.print();
