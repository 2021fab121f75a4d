/* SPDX-License-Identifier: Apache-2.0
 *
 * The tiny guest: a boot sector that says on the screen and on the first serial port that it
 * runs, and then sleeps. It is up as soon as the BIOS is, and costs the host nothing after that.
 */
	.code16
	.globl	_start
_start:
	ljmp	$0, $start	/* some BIOSes start it as 0x7c0:0 */
start:
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %ss
	mov	$0x7c00, %sp
	cld
	xor	%dx, %dx	/* COM1 */
	mov	$0x00e3, %ax	/* set it up: 9600 8N1 */
	int	$0x14
	mov	$text, %si
print:
	lodsb
	test	%al, %al
	jz	sleep
	push	%ax
	mov	$0x0e, %ah	/* to the screen */
	mov	$7, %bx
	int	$0x10
	pop	%ax
	mov	$1, %ah		/* to COM1 */
	xor	%dx, %dx
	int	$0x14
	jmp	print
sleep:
	sti
	hlt
	jmp	sleep

text:	.asciz	"vboxcloud tiny guest ready\r\n"

	.org	510
	.word	0xaa55
