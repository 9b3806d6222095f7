//go:build !purego

#include "textflag.h"

// func fetchRecords(list []*record)
TEXT ·fetchRecords(SB), NOSPLIT, $0-24
	MOVD list_base+0(FP), R1
	MOVD list_len+8(FP), R2
	CBZ  R2, done

next:
	MOVD.P 8(R1), R0
	PRFM   (R0), PLDL1KEEP
	PRFM   64(R0), PLDL1KEEP
	PRFM   128(R0), PLDL1KEEP
	PRFM   192(R0), PLDL1KEEP
	SUB    $1, R2
	CBNZ   R2, next

done:
	RET

// func fetchSlots(list []*uint64)
TEXT ·fetchSlots(SB), NOSPLIT, $0-24
	MOVD list_base+0(FP), R1
	MOVD list_len+8(FP), R2
	CBZ  R2, done

next:
	MOVD.P 8(R1), R0
	PRFM   (R0), PLDL1KEEP
	SUB    $1, R2
	CBNZ   R2, next

done:
	RET
