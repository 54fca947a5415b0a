/* Macros with arguments are more than `param` can say: config.h ends by including this. */
#define GCC_NORETURN __attribute__((noreturn))
#define GCC_PRINTF 1
#define GCC_PRINTFLIKE(text, first) __attribute__((format(printf, text, first)))
#define GCC_SCANF 1
#define GCC_SCANFLIKE(text, first) __attribute__((format(scanf, text, first)))
#define GCC_UNUSED __attribute__((unused))
