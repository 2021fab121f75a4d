/* SPDX-License-Identifier: Apache-2.0
 *
 * Boots Linux from fixed places on the disk. Where each instruction is interpreted, a boot manager
 * takes 20 s and the kernel's own decompressor 15 s or more; this takes the kernel unpacked and
 * reads it in pieces as large as the BIOS allows.
 *
 * The first sector reads the rest of the loader and, behind it, the kernel's boot parameters and
 * command line, both prepared when the image is built; only the memory map is filled in here.
 * The kernel is entered at its 64-bit entry point (Documentation/x86/boot.rst).
 */
	.set	BOOT_PARAMS, 0x8000
	.set	E820_COUNT, BOOT_PARAMS + 0x1e8
	.set	E820_TABLE, BOOT_PARAMS + 0x2d0
	.set	PAGE_TABLES, 0x1000
	.set	BUFFER, 0x10000
	.set	PIECE, 127		/* sectors, the most that all BIOSes read at once */
	.set	CODE64, 0x10		/* the selectors that Linux asks for */
	.set	DATA, 0x18

	.code16
	.globl	_start
_start:
	ljmp	$0, $start
start:
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$0x7c00, %sp
	cld
	mov	%dl, drive
	mov	$rest, %si
	call	read
	jmp	main

/* Read what the packet at SI says; there is no way on without it. */
read:
	mov	drive, %dl
	mov	$0x42, %ah
	int	$0x13
	jc	fail
	ret
fail:
	mov	$message, %si
1:	lodsb
	test	%al, %al
	jz	2f
	mov	$0x0e, %ah
	mov	$7, %bx
	int	$0x10
	jmp	1b
2:	hlt
	jmp	2b

drive:	.byte	0
message: .asciz	"cannot read the disk"
	.balign	4
rest:	.word	16, 13			/* this packet's size; sectors */
	.word	0x7e00, 0		/* offset, segment */
	.quad	1			/* first sector */

	.org	440			/* the disk's signature and partitions come here */
	.org	510
	.word	0xaa55

main:
	mov	$0x2401, %ax		/* let addresses reach above 1 MiB */
	int	$0x15
	call	memory_map
	mov	$loads, %bp
	call	load			/* the kernel */
	call	load			/* the initial file system */
	jmp	enter_kernel

memory_map:
	xor	%ebx, %ebx
	mov	$E820_TABLE, %di
1:	mov	$0xe820, %eax
	mov	$20, %ecx
	mov	$0x534d4150, %edx	/* "SMAP" */
	int	$0x15
	jc	2f
	add	$20, %di
	incb	E820_COUNT
	test	%ebx, %ebx
	jnz	1b
2:	ret

/* Load the piece of disk that the row at BP names, and go on to the next row. */
load:
	mov	8(%bp), %edi		/* where to */
	mov	(%bp), %eax
	mov	%eax, packet_sector
1:	mov	4(%bp), %eax		/* sectors left */
	test	%eax, %eax
	jz	3f
	cmp	$PIECE, %eax
	jbe	2f
	mov	$PIECE, %eax
2:	mov	%ax, packet_count
	sub	%eax, 4(%bp)
	mov	$packet, %si
	call	read
	movzwl	packet_count, %ecx
	add	%ecx, packet_sector
	shl	$7, %ecx		/* 128 long words a sector */
	mov	$BUFFER, %esi
	call	flat
	addr32 rep movsl
	jmp	1b
3:	add	$12, %bp
	ret

/* Make DS and ES reach all memory: real mode keeps the limits they had in protected mode. */
flat:
	cli
	lgdt	gdt_pointer
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	mov	$DATA, %dx
	mov	%dx, %ds
	mov	%dx, %es
	and	$0xfe, %al
	mov	%eax, %cr0
	xor	%dx, %dx
	mov	%dx, %ds
	mov	%dx, %es
	sti
	ret

/* To 64 bits in one step, the first GiB mapped where it is. */
enter_kernel:
	cli
	mov	$PAGE_TABLES, %edi
	xor	%eax, %eax
	mov	$0x3000 / 4, %ecx
	addr32 rep stosl
	movl	$PAGE_TABLES + 0x1000 + 3, PAGE_TABLES
	movl	$PAGE_TABLES + 0x2000 + 3, PAGE_TABLES + 0x1000
	mov	$PAGE_TABLES + 0x2000, %di
	mov	$0x83, %eax		/* present, writable, 2 MiB */
	mov	$512, %cx
1:	mov	%eax, (%di)
	add	$8, %di
	add	$0x200000, %eax
	loop	1b
	lgdt	gdt_pointer
	mov	$0x20, %eax		/* CR4: physical address extension */
	mov	%eax, %cr4
	mov	$PAGE_TABLES, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx	/* EFER: long mode */
	rdmsr
	or	$0x100, %ax
	wrmsr
	mov	%cr0, %eax
	or	$0x80000001, %eax	/* paging, protection */
	mov	%eax, %cr0
	ljmpl	$CODE64, $long_mode

	.code64
long_mode:
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$BOOT_PARAMS, %esi
	mov	entry(%rip), %eax
	jmp	*%rax

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00af9b000000ffff	/* CODE64 */
	.quad	0x00cf93000000ffff	/* DATA */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
	.balign	4
packet:	.word	16
packet_count:
	.word	0
	.word	0, BUFFER >> 4
packet_sector:
	.quad	0

/* The image builder writes these, the last 28 bytes. */
	.org	1024 - 28
loads:	.long	0, 0, 0			/* kernel: first sector, sectors, address */
	.long	0, 0, 0			/* initial file system */
entry:	.long	0
