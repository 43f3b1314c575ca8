/* sm4_lanes.h without GFNI: AESENCLAST is the inversion, and two tables of nibbles in registers are a linear map. PSHUFB
 * is no memory access. Besides what sm4_lanes.h asks for, these are defined before:
 *   AND(a, b); SHIFT4(x), each 32 bits right by four; SHUFFLE(table, x); TABLE(p), 16 bytes in every piece;
 *   aes(x), AESENCLAST of every piece under a key of zeros. */
struct nibbles {
    uint8_t low[16], high[16];
};

#define NIBBLES(name) static const struct nibbles map_##name = {JK_##name##_LOW, JK_##name##_HIGH}
NIBBLES(ENTER);
NIBBLES(ENTER_KEY);
NIBBLES(LEAVE);
NIBBLES(NEAR);
NIBBLES(FAR);
NIBBLES(KEY_EVEN);
NIBBLES(KEY_ODD);
NIBBLES(KEY_EVEN2);
NIBBLES(KEY_EVEN3);

/* A byte's two nibbles, ready to be looked up. */
typedef struct {
    V low, high;
} split;

INLINE split nibbles_of(V x)
{
    const split s = {AND(x, EACH(0x0f)), AND(SHIFT4(x), EACH(0x0f))};
    return s;
}

INLINE V look_up(split s, const struct nibbles *map)
{
    return XOR(SHUFFLE(TABLE(map->low), s.low), SHUFFLE(TABLE(map->high), s.high));
}

/* The bytes of a piece stay where they are: where AESENCLAST will put them is undone beforehand. */
INLINE split ready(V x)
{
    static const uint8_t unshifted[16] = {0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3};
    return nibbles_of(aes(SHUFFLE(x, TABLE(unshifted))));
}

#define READY split
#define AFFINE(x, name) look_up(nibbles_of(x), &map_##name)
#define MAP(x, name) look_up(x, &map_##name)
