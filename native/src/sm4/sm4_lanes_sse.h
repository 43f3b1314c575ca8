/* sm4_lanes.h in registers of 16 bytes. */
#define V __m128i
enum { WAYS = 1 };
#define XOR(a, b) _mm_xor_si128(a, b)
#define XOR3(a, b, c) _mm_xor_si128(_mm_xor_si128(a, b), c)
#define UNPACK_LOW(a, b) _mm_unpacklo_epi8(a, b)
#define UNPACK_HIGH(a, b) _mm_unpackhi_epi8(a, b)
#define EACH(byte) _mm_set1_epi8((char)(byte))
#define EACH4(word) _mm_set1_epi32((int)(word))
#define LOAD(p) _mm_loadu_si128((const V *)(const void *)(p))
#define STORE(p, x) _mm_storeu_si128((V *)(void *)(p), x)
#define load_rows(p, step) LOAD(p)
