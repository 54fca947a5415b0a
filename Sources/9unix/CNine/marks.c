/* Sixty-four bytes compared at once, the answer as bits. */
#define _GNU_SOURCE
#include "CNine.h"

#if defined(__SSE2__)
#include <emmintrin.h>

/* PMOVMSKB gathers the sign bits of sixteen bytes. */
static uint64_t
sixteen(const unsigned char *bytes, __m128i wanted)
{
	__m128i found = _mm_loadu_si128((const __m128i *)bytes);

	return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(found, wanted));
}

uint64_t
cnine_marks(const unsigned char *bytes, unsigned char byte)
{
	__m128i wanted = _mm_set1_epi8((char)byte);

	return sixteen(bytes, wanted) | sixteen(bytes + 16, wanted) << 16 |
	       sixteen(bytes + 32, wanted) << 32 | sixteen(bytes + 48, wanted) << 48;
}

#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#include <arm_neon.h>

/* Each byte keeps the bit of its place in eight; adding neighbours three times leaves one byte of
 * bits for each eight bytes. */
uint64_t
cnine_marks(const unsigned char *bytes, unsigned char byte)
{
	static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	uint8x16_t place = vld1q_u8(places);
	uint8x16_t wanted = vdupq_n_u8(byte);
	uint8x16_t part[4], sum;
	int i;

	for (i = 0; i < 4; i++)
		part[i] = vandq_u8(vceqq_u8(vld1q_u8(bytes + 16 * i), wanted), place);
	sum = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
	sum = vpaddq_u8(sum, sum);
	return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

#else

uint64_t
cnine_marks(const unsigned char *bytes, unsigned char byte)
{
	uint64_t marks = 0;
	int i;

	for (i = 0; i < 64; i++)
		marks |= (uint64_t)(bytes[i] == byte) << i;
	return marks;
}
#endif
