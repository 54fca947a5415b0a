/* What libgreet exports. */
void greet(const char *whom, int (*put)(int));
