const char *byte_order(void);

/* The order of bytes in memory, as the program finds it when it runs. */
const char *
byte_order(void)
{
  const unsigned int one = 1;
  return *(const unsigned char *)&one ? "little" : "big";
}
