/* What must not stand in a ticket's text. The identity numbers are made up: areas and birthdays that belong to nobody, check characters right. */
#include "tests/support/check.h"

#include "engine/lang/textcheck.h"

static const struct text_case { const char *name, *text; bool id, card, mobile, secret; } cases[] = {
    {"nothing", "打印机无法连接, 序列号 12345", false, false, false, false},
    {"empty", "", false, false, false, false},
    {"id number", "身份证11010519491231002X。", true, false, false, false},
    {"id number, small x", "id 11010519491231002x", true, false, false, false},
    {"id number at the end", "11010519491231002X", true, false, false, false},
    {"id number all digits", "(440524188001010014)", false, true, false, false}, /* born before 1900 */
    {"id number, wrong check character", "110105194912310021", false, false, false, false},
    {"id number, no such day", "110105194902310026", false, false, false, false},
    {"id number in a longer number", "111010519491231002X", false, false, false, false},
    {"id number with a digit behind", "11010519491231002X1", false, false, false, false},
    {"bank card", "卡号6222021234567890128", false, true, false, false},
    {"card of 16", "4111111111111111", false, true, false, false},
    {"card, Luhn wrong", "4111111111111112", false, false, false, false},
    {"15 digits", "411111111111111", false, false, false, false},
    {"20 digits", "41111111111111110000", false, false, false, false},
    {"mobile", "请回电13812345678谢谢", false, false, true, false},
    {"mobile, 12", "12812345678", false, false, false, false},
    {"mobile with a digit before", "013812345678", false, false, false, false},
    {"mobile with a digit behind", "138123456789", false, false, false, false},
    {"mobile at the end", "tel:19912345678", false, false, true, false},
    {"password", "password: hunter2!", false, false, false, true},
    {"password, capitals", "PASSWORD=abcd", false, false, false, true},
    {"password too short", "password: abc", false, false, false, false},
    {"password, blank within", "password: abc def", false, false, false, false},
    {"Chinese password", "密码是Abc123", false, false, false, true},
    {"Chinese password of 4 characters", "密码：春夏秋冬", false, false, false, true},
    {"Chinese password of 3 characters", "密码：春夏秋", false, false, false, false},
    {"key is", "密钥为 a1b2c3d4", false, false, false, true},
    {"word alone", "用户忘记密码, 请重置", false, false, false, false},
    {"token in JSON", "{\"token\": \"eyJhbGciOi\"}", false, false, false, true},
    {"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", false, false, false, true},
    {"certificate", "-----BEGIN CERTIFICATE-----\nMIIE", false, false, false, false},
};

static void one(void **state)
{
    const struct text_case *c = *state;
    char *exact = malloc(strlen(c->text) + 1); /* no NUL behind it: a read past the end shows */
    slice s = {memcpy(exact, c->text, strlen(c->text)), strlen(c->text)};
    exact = s.len ? realloc(exact, s.len) : exact;
    s.ptr = exact;
    assert_int_equal(text_has_id_number(s), c->id);
    assert_int_equal(text_has_bank_card(s), c->card);
    assert_int_equal(text_has_mobile(s), c->mobile);
    assert_int_equal(text_has_secret(s), c->secret);
    free(exact);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases)];
    size_t n = 0;
    ROWS(tests, n, cases, one);
    return _cmocka_run_group_tests("textcheck", tests, n, NULL, NULL);
}
