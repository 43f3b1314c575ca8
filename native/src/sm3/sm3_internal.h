/* What the files of SM3 share. */
#ifndef JK_SM3_INTERNAL_H
#define JK_SM3_INTERNAL_H

#include "../jk_internal.h"

/* T_j rotated by j (GB/T 32905, 4.2 and 5.3.3), for which 0 and 32 must be allowed; j is a constant. */
#define JK_SM3_T0(j) ((j) < 16 ? 0x79cc4519u : 0x7a879d8au)
#define JK_SM3_T(j) (JK_SM3_T0(j) << ((j) % 32) | JK_SM3_T0(j) >> ((32 - (j) % 32) % 32))

/* All of them. */
extern const uint32_t jk_sm3_constants[64];

#endif
