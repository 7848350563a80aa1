/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts' numbers beside what the manuals say of them. */
#include "../../model/events.h"
#include "../../model/irq_names.h"
#include "build.h"

static struct irq_decoded decode(u32 kind, u32 sub, u64 a, u64 b, u64 value0, u64 value1)
{
	u64 value[EVENT_VALUES] = {value0, value1};
	struct irq_decoded d;

	irq_decode(kind, sub, a, b, value, &d);
	return d;
}

static void messages(void **state)
{
	struct irq_decoded d = decode(EVENT_MSI, 0, 0xfee03000, 0x41, 0, 0);

	(void)state;
	assert_int_equal(d.parts, IRQ_VECTOR | IRQ_DEST | IRQ_DELIVERY | IRQ_TRIGGER);
	assert_true(d.vector == 0x41 && d.dest == 3 && !d.logical && d.delivery == 0 && !d.level);
	/* logical, lowest priority, by level */
	d = decode(EVENT_MSI, 0, 0xfee0f00c, 0xc152, 0, 0);
	assert_true(d.vector == 0x52 && d.dest == 0xf && d.logical && d.delivery == 1 && d.level);
	/* more than 255 vCPUs: the next seven bits of the destination in the lower half, or the rest in the upper */
	d = decode(EVENT_MSI, 0, 0xfee01000 | 3 << 5, 0x41, 0, 0);
	assert_int_equal(d.dest, 0x301);
	d = decode(EVENT_MSI, 0, 0x12300fee04000, 0x41, 0, 0);
	assert_int_equal(d.dest, 0x12304);
}

static void pins(void **state)
{
	struct irq_decoded d = decode(EVENT_IOAPIC, 20, 0, 0, 0x030000000000a951, 0);

	(void)state;
	assert_true(d.vector == 0x51 && d.dest == 3 && d.logical && d.delivery == 1 && d.level && !d.masked);
	d = decode(EVENT_IOAPIC, 5, 0, 0, 0x10000, 0);
	assert_true(d.masked && !d.level && d.vector == 0);
	/* the slave's pin 2: its own bit of ELCR and IMR */
	d = decode(EVENT_PIC, 10, 0, 0, 4, 0xfb);
	assert_int_equal(d.parts, IRQ_TRIGGER | IRQ_MASK);
	assert_true(d.level && !d.masked);
	d = decode(EVENT_PIC, 2, 0, 0, 0xfb, 4);
	assert_true(!d.level && d.masked);
}

static void from_vcpus(void **state)
{
	struct irq_decoded d = decode(EVENT_IPI, 0xfb, 0x8fb, 0, 7, 1);

	(void)state;
	assert_true((d.parts & IRQ_DEST) && d.dest == 7 && d.logical && d.vector == 0xfb);
	/* to all but itself: there is no destination */
	d = decode(EVENT_IPI, 0xfb, 0xc00fb, 0, 7, 1);
	assert_false(d.parts & IRQ_DEST);
	d = decode(EVENT_LOCAL, LVT_TIMER, 0, 0, 0x400ec, 0);
	assert_int_equal(d.parts, IRQ_VECTOR | IRQ_MASK);
	assert_true(d.vector == 0xec && !d.masked);
	d = decode(EVENT_LOCAL, LVT_LINT1, 0, 0, 0x10400, 0);
	assert_true(d.delivery == 4 && d.masked);
	/* the record of others has no key to tell of, and what is no interrupt has no parts */
	assert_int_equal(decode(EVENT_MSI, EVENT_OTHERS, ~0ULL, ~0ULL, 0, 0).parts, 0);
	assert_int_equal(decode(EVENT_HYPERCALL, 0, 5, 0, 0, 0).parts, 0);
}

static void names(void **state)
{
	static const struct {
		u32 kind, sub;
		u64 a, b;
		const char *name;
	} table[] = {
		{EVENT_MSI, 0, 0xfee01000, 0x41, "MSI fee01000/0041"},
		{EVENT_IOAPIC, 19, 0, 0, "IOAPIC 19"},
		{EVENT_PIC, 13, 0, 0, "PIC 1:5"},
		{EVENT_GSI, 4, 0, 0, "GSI 4"},
		{EVENT_IPI, 0x41, 0x41, 0, "IPI 0x41"},
		{EVENT_IPI, 0x41, 0x41, 1, "IPI 0x41 by hypercall"},
		{EVENT_IPI, 0xfb, 0xc00fb, 0, "IPI 0xfb to the others"},
		{EVENT_IPI, 0, 0x400, 0, "IPI NMI"},
		{EVENT_IPI, 0x9a, 0x69a, 0, "IPI 0x9a"},
		{EVENT_LOCAL, LVT_TIMER, 0, 0, "local timer"},
		{EVENT_LOCAL, 0x390, 0, 0, "local LVT 0x390"},
		{EVENT_SPI, 33, 0, 0, "SPI 33"},
		{EVENT_PPI, 27, 0, 0, "PPI 27 virtual timer"},
		{EVENT_PPI, 20, 0, 0, "PPI 20"},
		{EVENT_SGI, 1, 0x2, 0, "SGI 1 to 0002"},
		{EVENT_SGI, 3, 0x0002000300010001, 0, "SGI 3 to 20301:0001"},
		{EVENT_SGI, 5, 1ULL << 40, 0, "SGI 5 to the others"},
		{EVENT_VECTOR, 0xec, 0, 0, "0xec"},
		{EVENT_VECTOR, 0, 4, 0, "NMI"},
		{EVENT_VECTOR, 0, 3, 0, "PV kick"},
		{EVENT_VECTOR, 0x9a, 6, 0, "SIPI 0x9a"},
		{EVENT_TIMER, 0, 0, 0, "one-shot"},
		{EVENT_TIMER, 2, 0, 0, "TSC deadline"},
		{EVENT_TIMER, 3, 0, 0, "3:0:0"},
	};
	char buf[EVENT_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_string_equal(event_name(0, table[i].kind, table[i].sub, table[i].a, table[i].b, buf),
				    table[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		cmocka_unit_test(pins),
		cmocka_unit_test(from_vcpus),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
