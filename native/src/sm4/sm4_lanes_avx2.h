/* sm4_lanes.h in registers of 32 bytes. */
#define V __m256i
enum { WAYS = 2 };
#define XOR(a, b) _mm256_xor_si256(a, b)
#define XOR3(a, b, c) _mm256_xor_si256(_mm256_xor_si256(a, b), c)
#define UNPACK_LOW(a, b) _mm256_unpacklo_epi8(a, b)
#define UNPACK_HIGH(a, b) _mm256_unpackhi_epi8(a, b)
#define EACH(byte) _mm256_set1_epi8((char)(byte))
#define EACH4(word) _mm256_set1_epi32((int)(word))
#define LOAD(p) _mm256_loadu_si256((const V *)(const void *)(p))
#define STORE(p, x) _mm256_storeu_si256((V *)(void *)(p), x)

INLINE V load_rows(const uint8_t *p, size_t step)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p)),
                                   _mm_loadu_si128((const __m128i *)(const void *)(p + step)), 1);
}
