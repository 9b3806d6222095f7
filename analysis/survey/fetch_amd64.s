//go:build !purego

#include "textflag.h"

// func fetchRecords(list []*record)
TEXT ·fetchRecords(SB), NOSPLIT, $0-24
	MOVQ  list_base+0(FP), SI
	MOVQ  list_len+8(FP), CX
	TESTQ CX, CX
	JEQ   done

next:
	MOVQ       (SI), AX
	PREFETCHT0 (AX)
	PREFETCHT0 64(AX)
	PREFETCHT0 128(AX)
	PREFETCHT0 192(AX)
	ADDQ       $8, SI
	DECQ       CX
	JNE        next

done:
	RET

// func fetchSlots(list []*uint64)
TEXT ·fetchSlots(SB), NOSPLIT, $0-24
	MOVQ  list_base+0(FP), SI
	MOVQ  list_len+8(FP), CX
	TESTQ CX, CX
	JEQ   done

next:
	MOVQ       (SI), AX
	PREFETCHT0 (AX)
	ADDQ       $8, SI
	DECQ       CX
	JNE        next

done:
	RET
