/* How many times `letter` is in `text`; two ways to count, chosen by FAST. */
unsigned count(const char *text, char letter);

/* Writes a greeting for `name`; in capitals if it was built with LOUD. */
void greet(const char *name);
