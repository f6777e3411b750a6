#include "importers/words.h"
#include <stdlib.h>
#include "engine/base/utf8.h"
#include "engine/time/instant.h"

/* ---- folding ---- */
/* The letter under an accent, for U+00C0..U+017F; '\0': none of one letter. */
static const char plain_letters[] =
    "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0\0"   /* À..ß */
    "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y"    /* à..ÿ */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkk\0llllllllllnnnnnn\0\0\0oooooo\0\0rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Chinese as it is written in Taiwan and Hong Kong, character by character as on the mainland: those of headers and terms, in the order of the first. */
static const uint16_t simpler[][2] = {
    {0x4F48, 0x5E03}, {0x4F86, 0x6765}, {0x5009, 0x4ED3}, {0x500B, 0x4E2A}, {0x5011, 0x4EEC}, {0x502B, 0x4F26}, {0x5074, 0x4FA7}, {0x507D, 0x4F2A}, {0x5099, 0x5907},
    {0x50B3, 0x4F20}, {0x50B5, 0x503A}, {0x50B7, 0x4F24}, {0x50BE, 0x503E}, {0x50C5, 0x4EC5}, {0x50F9, 0x4EF7}, {0x5100, 0x4EEA}, {0x511F, 0x507F}, {0x512A, 0x4F18},
    {0x5132, 0x50A8}, {0x5152, 0x513F}, {0x5167, 0x5185}, {0x518A, 0x518C}, {0x51CD, 0x51BB}, {0x5225, 0x522B}, {0x522A, 0x5220}, {0x5247, 0x5219}, {0x525B, 0x521A},
    {0x5275, 0x521B}, {0x5287, 0x5267}, {0x5289, 0x5218}, {0x5291, 0x5242}, {0x52D5, 0x52A8}, {0x52D9, 0x52A1}, {0x52DE, 0x52B3}, {0x52E2, 0x52BF}, {0x52F3, 0x52CB},
    {0x52FB, 0x5300}, {0x532F, 0x6C47}, {0x5340, 0x533A}, {0x5354, 0x534F}, {0x537B, 0x5374}, {0x53AD, 0x538C}, {0x53C3, 0x53C2}, {0x5436, 0x5450}, {0x54E1, 0x5458},
    {0x554F, 0x95EE}, {0x5553, 0x542F}, {0x555E, 0x54D1}, {0x555F, 0x542F}, {0x559A, 0x5524}, {0x55AE, 0x5355}, {0x55CE, 0x5417}, {0x5617, 0x5C1D}, {0x56B4, 0x4E25},
    {0x570B, 0x56FD}, {0x570D, 0x56F4}, {0x5713, 0x5706}, {0x5716, 0x56FE}, {0x5718, 0x56E2}, {0x57F7, 0x6267}, {0x5805, 0x575A}, {0x5831, 0x62A5}, {0x5834, 0x573A},
    {0x584A, 0x5757}, {0x5857, 0x6D82}, {0x5875, 0x5C18}, {0x58B3, 0x575F}, {0x58C7, 0x575B}, {0x58D3, 0x538B}, {0x58D8, 0x5792}, {0x58DE, 0x574F}, {0x58FA, 0x58F6},
    {0x58FD, 0x5BFF}, {0x596A, 0x593A}, {0x596E, 0x594B}, {0x5A66, 0x5987}, {0x5ABD, 0x5988}, {0x5B6B, 0x5B59}, {0x5B78, 0x5B66}, {0x5BE6, 0x5B9E}, {0x5BE7, 0x5B81},
    {0x5BE9, 0x5BA1}, {0x5BEB, 0x5199}, {0x5BEC, 0x5BBD}, {0x5BF6, 0x5B9D}, {0x5C07, 0x5C06}, {0x5C08, 0x4E13}, {0x5C0B, 0x5BFB}, {0x5C0D, 0x5BF9}, {0x5C0E, 0x5BFC},
    {0x5C46, 0x5C4A}, {0x5C64, 0x5C42}, {0x5C6C, 0x5C5E}, {0x5D17, 0x5C97}, {0x5E2B, 0x5E08}, {0x5E33, 0x8D26}, {0x5E36, 0x5E26}, {0x5E63, 0x5E01}, {0x5E7E, 0x51E0},
    {0x5EAB, 0x5E93}, {0x5EE0, 0x5382}, {0x5EE2, 0x5E9F}, {0x5EE3, 0x5E7F}, {0x5EF3, 0x5385}, {0x5F35, 0x5F20}, {0x5F59, 0x6C47}, {0x5F8C, 0x540E}, {0x5F91, 0x5F84},
    {0x5F9E, 0x4ECE}, {0x5FA9, 0x590D}, {0x614B, 0x6001}, {0x616E, 0x8651}, {0x6176, 0x5E86}, {0x6191, 0x51ED}, {0x61B6, 0x5FC6}, {0x61C9, 0x5E94}, {0x6232, 0x620F},
    {0x6236, 0x6237}, {0x6383, 0x626B}, {0x639B, 0x6302}, {0x63DB, 0x6362}, {0x640D, 0x635F}, {0x6436, 0x62A2}, {0x64A5, 0x62E8}, {0x64C7, 0x62E9}, {0x64CA, 0x51FB},
    {0x64D4, 0x62C5}, {0x64DA, 0x636E}, {0x64EC, 0x62DF}, {0x64F4, 0x6269}, {0x651D, 0x6444}, {0x6557, 0x8D25}, {0x6575, 0x654C}, {0x6578, 0x6570}, {0x65B7, 0x65AD},
    {0x65BC, 0x4E8E}, {0x6642, 0x65F6}, {0x66A2, 0x7545}, {0x66AB, 0x6682}, {0x66C6, 0x5386}, {0x66C9, 0x6653}, {0x66F8, 0x4E66}, {0x6703, 0x4F1A}, {0x689D, 0x6761},
    {0x696D, 0x4E1A}, {0x69CD, 0x67AA}, {0x6A13, 0x697C}, {0x6A19, 0x6807}, {0x6A23, 0x6837}, {0x6A39, 0x6811}, {0x6A4B, 0x6865}, {0x6A5F, 0x673A}, {0x6A94, 0x6863},
    {0x6AA2, 0x68C0}, {0x6B04, 0x680F}, {0x6B0A, 0x6743}, {0x6B61, 0x6B22}, {0x6B72, 0x5C81}, {0x6B77, 0x5386}, {0x6B78, 0x5F52}, {0x6BBC, 0x58F3}, {0x6C7A, 0x51B3},
    {0x6C92, 0x6CA1}, {0x6CC1, 0x51B5}, {0x6DBC, 0x51C9}, {0x6DE8, 0x51C0}, {0x6E1B, 0x51CF}, {0x6E2C, 0x6D4B}, {0x6E96, 0x51C6}, {0x6E9D, 0x6C9F}, {0x6EAB, 0x6E29},
    {0x6EC5, 0x706D}, {0x6EFE, 0x6EDA}, {0x6EFF, 0x6EE1}, {0x6F64, 0x6DA6}, {0x6F70, 0x6E83}, {0x6FC3, 0x6D53}, {0x6FD5, 0x6E7F}, {0x700F, 0x6D4F}, {0x7063, 0x6E7E},
    {0x707D, 0x707E}, {0x70BA, 0x4E3A}, {0x7121, 0x65E0}, {0x7169, 0x70E6}, {0x71B1, 0x70ED}, {0x71C8, 0x706F}, {0x71DF, 0x8425}, {0x7210, 0x7089}, {0x7232, 0x4E3A},
    {0x723E, 0x5C14}, {0x7246, 0x5899}, {0x72C0, 0x72B6}, {0x7344, 0x72F1}, {0x734E, 0x5956}, {0x7368, 0x72EC}, {0x7372, 0x83B7}, {0x737B, 0x732E}, {0x73FE, 0x73B0},
    {0x74B0, 0x73AF}, {0x7522, 0x4EA7}, {0x7562, 0x6BD5}, {0x7570, 0x5F02}, {0x7576, 0x5F53}, {0x7642, 0x7597}, {0x767C, 0x53D1}, {0x76E1, 0x5C3D}, {0x76E3, 0x76D1},
    {0x76E4, 0x76D8}, {0x773E, 0x4F17}, {0x78BA, 0x786E}, {0x78BC, 0x7801}, {0x790E, 0x7840}, {0x7919, 0x788D}, {0x7A2E, 0x79CD}, {0x7A31, 0x79F0}, {0x7A4D, 0x79EF},
    {0x7AAE, 0x7A77}, {0x7AF6, 0x7ADE}, {0x7B46, 0x7B14}, {0x7BC0, 0x8282}, {0x7BC4, 0x8303}, {0x7C21, 0x7B80}, {0x7C3D, 0x7B7E}, {0x7C64, 0x7B7E}, {0x7CFE, 0x7EA0},
    {0x7D00, 0x7EAA}, {0x7D04, 0x7EA6}, {0x7D05, 0x7EA2}, {0x7D0D, 0x7EB3}, {0x7D14, 0x7EAF}, {0x7D19, 0x7EB8}, {0x7D1A, 0x7EA7}, {0x7D30, 0x7EC6}, {0x7D39, 0x7ECD},
    {0x7D42, 0x7EC8}, {0x7D44, 0x7EC4}, {0x7D50, 0x7ED3}, {0x7D55, 0x7EDD}, {0x7D61, 0x7EDC}, {0x7D66, 0x7ED9}, {0x7D71, 0x7EDF}, {0x7D93, 0x7ECF}, {0x7D9C, 0x7EFC},
    {0x7DA0, 0x7EFF}, {0x7DAB, 0x7EBF}, {0x7DAD, 0x7EF4}, {0x7DB1, 0x7EB2}, {0x7DB2, 0x7F51}, {0x7DCA, 0x7D27}, {0x7DDA, 0x7EBF}, {0x7DE8, 0x7F16}, {0x7DE9, 0x7F13},
    {0x7DF4, 0x7EC3}, {0x7E23, 0x53BF}, {0x7E2E, 0x7F29}, {0x7E31, 0x7EB5}, {0x7E3D, 0x603B}, {0x7E3E, 0x7EE9}, {0x7E54, 0x7EC7}, {0x7E5E, 0x7ED5}, {0x7E7C, 0x7EE7},
    {0x7E8C, 0x7EED}, {0x7E96, 0x7EA4}, {0x7F70, 0x7F5A}, {0x7F85, 0x7F57}, {0x7FA9, 0x4E49}, {0x8056, 0x5723}, {0x805E, 0x95FB}, {0x806F, 0x8054}, {0x8072, 0x58F0},
    {0x8077, 0x804C}, {0x807D, 0x542C}, {0x8166, 0x8111}, {0x8173, 0x811A}, {0x81FA, 0x53F0}, {0x8207, 0x4E0E}, {0x8208, 0x5174}, {0x820A, 0x65E7}, {0x83EF, 0x534E},
    {0x842C, 0x4E07}, {0x8449, 0x53F6}, {0x8457, 0x7740}, {0x84CB, 0x76D6}, {0x85DD, 0x827A}, {0x85E5, 0x836F}, {0x862D, 0x5170}, {0x8655, 0x5904}, {0x865F, 0x53F7},
    {0x8853, 0x672F}, {0x885B, 0x536B}, {0x885D, 0x51B2}, {0x88CF, 0x91CC}, {0x88DC, 0x8865}, {0x88DD, 0x88C5}, {0x88E1, 0x91CC}, {0x88FD, 0x5236}, {0x8907, 0x590D},
    {0x8986, 0x590D}, {0x898B, 0x89C1}, {0x898F, 0x89C4}, {0x8996, 0x89C6}, {0x89AA, 0x4EB2}, {0x89BD, 0x89C8}, {0x89C0, 0x89C2}, {0x89F8, 0x89E6}, {0x8A02, 0x8BA2},
    {0x8A08, 0x8BA1}, {0x8A0A, 0x8BAF}, {0x8A0E, 0x8BA8}, {0x8A13, 0x8BAD}, {0x8A18, 0x8BB0}, {0x8A2A, 0x8BBF}, {0x8A2D, 0x8BBE}, {0x8A34, 0x8BC9}, {0x8A3A, 0x8BCA},
    {0x8A3B, 0x6CE8}, {0x8A55, 0x8BC4}, {0x8A5E, 0x8BCD}, {0x8A60, 0x548F}, {0x8A62, 0x8BE2}, {0x8A66, 0x8BD5}, {0x8A71, 0x8BDD}, {0x8A72, 0x8BE5}, {0x8A73, 0x8BE6},
    {0x8A8C, 0x5FD7}, {0x8A8D, 0x8BA4}, {0x8AA4, 0x8BEF}, {0x8AAA, 0x8BF4}, {0x8AAC, 0x8BF4}, {0x8AB0, 0x8C01}, {0x8AB2, 0x8BFE}, {0x8ABF, 0x8C03}, {0x8AC7, 0x8C08},
    {0x8ACB, 0x8BF7}, {0x8AD6, 0x8BBA}, {0x8AFE, 0x8BFA}, {0x8B1D, 0x8C22}, {0x8B49, 0x8BC1}, {0x8B58, 0x8BC6}, {0x8B6F, 0x8BD1}, {0x8B70, 0x8BAE}, {0x8B77, 0x62A4},
    {0x8B80, 0x8BFB}, {0x8B8A, 0x53D8}, {0x8B93, 0x8BA9}, {0x8CA0, 0x8D1F}, {0x8CA1, 0x8D22}, {0x8CA2, 0x8D21}, {0x8CA8, 0x8D27}, {0x8CAC, 0x8D23}, {0x8CB4, 0x8D35},
    {0x8CB7, 0x4E70}, {0x8CBB, 0x8D39}, {0x8CBC, 0x8D34}, {0x8CC0, 0x8D3A}, {0x8CC7, 0x8D44}, {0x8CD3, 0x5BBE}, {0x8CE0, 0x8D54}, {0x8CE3, 0x5356}, {0x8CEA, 0x8D28},
    {0x8CEC, 0x8D26}, {0x8CFC, 0x8D2D}, {0x8CFD, 0x8D5B}, {0x8D0A, 0x8D5E}, {0x8D0F, 0x8D62}, {0x8D95, 0x8D76}, {0x8DA8, 0x8D8B}, {0x8E64, 0x8E2A}, {0x8E8D, 0x8DC3},
    {0x8ECA, 0x8F66}, {0x8ECC, 0x8F68}, {0x8ECD, 0x519B}, {0x8EDF, 0x8F6F}, {0x8F03, 0x8F83}, {0x8F09, 0x8F7D}, {0x8F14, 0x8F85}, {0x8F15, 0x8F7B}, {0x8F2A, 0x8F6E},
    {0x8F2F, 0x8F91}, {0x8F38, 0x8F93}, {0x8F49, 0x8F6C}, {0x8FA6, 0x529E}, {0x8FB2, 0x519C}, {0x9023, 0x8FDE}, {0x9031, 0x5468}, {0x9032, 0x8FDB}, {0x904B, 0x8FD0},
    {0x904E, 0x8FC7}, {0x9054, 0x8FBE}, {0x9055, 0x8FDD}, {0x905E, 0x9012}, {0x9060, 0x8FDC}, {0x9069, 0x9002}, {0x9072, 0x8FDF}, {0x9077, 0x8FC1}, {0x9078, 0x9009},
    {0x907A, 0x9057}, {0x908A, 0x8FB9}, {0x908F, 0x903B}, {0x90F5, 0x90AE}, {0x91CB, 0x91CA}, {0x91D8, 0x9489}, {0x91DD, 0x9488}, {0x9215, 0x94AE}, {0x9234, 0x94C3},
    {0x9280, 0x94F6}, {0x9285, 0x94DC}, {0x92B7, 0x9500}, {0x92C1, 0x94DD}, {0x92EA, 0x94FA}, {0x92F0, 0x9502}, {0x9304, 0x5F55}, {0x9322, 0x94B1}, {0x932B, 0x9521},
    {0x932F, 0x9519}, {0x934B, 0x9505}, {0x934D, 0x9540}, {0x9375, 0x952E}, {0x9396, 0x9501}, {0x93AE, 0x9547}, {0x93E1, 0x955C}, {0x9418, 0x949F}, {0x9435, 0x94C1},
    {0x9452, 0x9274}, {0x9577, 0x957F}, {0x9580, 0x95E8}, {0x9583, 0x95EA}, {0x9589, 0x95ED}, {0x958B, 0x5F00}, {0x9591, 0x95F2}, {0x9593, 0x95F4}, {0x9598, 0x95F8},
    {0x95B1, 0x9605}, {0x95DC, 0x5173}, {0x9670, 0x9634}, {0x9678, 0x9646}, {0x967D, 0x9633}, {0x968A, 0x961F}, {0x968E, 0x9636}, {0x969B, 0x9645}, {0x96A8, 0x968F},
    {0x96AA, 0x9669}, {0x96B1, 0x9690}, {0x96D6, 0x867D}, {0x96D9, 0x53CC}, {0x96DC, 0x6742}, {0x96DE, 0x9E21}, {0x96E2, 0x79BB}, {0x96E3, 0x96BE}, {0x96F2, 0x4E91},
    {0x96FB, 0x7535}, {0x9727, 0x96FE}, {0x9748, 0x7075}, {0x975C, 0x9759}, {0x97D3, 0x97E9}, {0x97FF, 0x54CD}, {0x9801, 0x9875}, {0x9802, 0x9876}, {0x9803, 0x9877},
    {0x9805, 0x9879}, {0x9806, 0x987A}, {0x9808, 0x987B}, {0x9810, 0x9884}, {0x9812, 0x9881}, {0x9818, 0x9886}, {0x983B, 0x9891}, {0x9846, 0x9897}, {0x984C, 0x9898},
    {0x984D, 0x989D}, {0x984F, 0x989C}, {0x9858, 0x613F}, {0x985E, 0x7C7B}, {0x9867, 0x987E}, {0x986F, 0x663E}, {0x98A8, 0x98CE}, {0x98DB, 0x98DE}, {0x98EF, 0x996D},
    {0x98F2, 0x996E}, {0x98FE, 0x9970}, {0x9905, 0x997C}, {0x990A, 0x517B}, {0x9928, 0x9986}, {0x994B, 0x9988}, {0x99C1, 0x9A73}, {0x99D0, 0x9A7B}, {0x9A0E, 0x9A91},
    {0x9A19, 0x9A97}, {0x9A45, 0x9A71}, {0x9A57, 0x9A8C}, {0x9A5A, 0x60CA}, {0x9A5F, 0x9AA4}, {0x9AD4, 0x4F53}, {0x9B5A, 0x9C7C}, {0x9BAE, 0x9C9C}, {0x9CE5, 0x9E1F},
    {0x9CF4, 0x9E23}, {0x9EA5, 0x9EA6}, {0x9EBC, 0x4E48}, {0x9EDE, 0x70B9}, {0x9EE8, 0x515A}, {0x9F4A, 0x9F50}, {0x9F52, 0x9F7F}, {0x9F61, 0x9F84}, {0x9F8D, 0x9F99},
    {0x9F9C, 0x9F9F},
};

static uint32_t simplified(uint32_t c)
{
    size_t low = 0, high = sizeof simpler / sizeof simpler[0];
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (simpler[mid][0] == c) return simpler[mid][1];
        if (simpler[mid][0] < c) low = mid + 1;
        else high = mid;
    }
    return c;
}

static uint32_t plain(uint32_t c)
{
    if (c >= 0x4E00 && c < 0xA000) return simplified(c);
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full width */
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32; /* Cyrillic */
    if (c == 0x401) return 0x451;
    if (c >= 0xC0 && c < 0x180 && plain_letters[c - 0xC0]) return (uint32_t)plain_letters[c - 0xC0];
    return c;
}

static bool left_out(uint32_t c, size_t before)
{
    if (c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || c == 0x200B || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0xFE0F) return true;
    if (c == '-' || c == 0x2013 || c == 0x2014) return before > 0;
    return c == '_' || c == ':' || c == '*' || c == '"' || c == '\'' || c == 0x2019;
}

size_t words_fold(slice s, char *out)
{
    size_t n = 0, i = 0;
    while (i < s.len) {
        uint32_t c;
        char text[4];
        i += utf8_decode(s.ptr + i, s.len - i, &c);
        c = plain(c);
        if (left_out(c, n)) continue;
        size_t k = utf8_encode(c, text);
        if (n + k > WORDS_MAX) break;
        memcpy(out + n, text, k);
        n += k;
    }
    while (n > 1 && out[n - 1] == '.') n--; /* "Réf." */
    return n;
}

slice words_folded(arena *a, slice s)
{
    char text[WORDS_MAX];
    size_t n = words_fold(s, text);
    return (slice){arena_strndup(a, text, n), n};
}

bool words_same(slice a, slice b)
{
    char x[WORDS_MAX], y[WORDS_MAX];
    size_t n = words_fold(a, x), m = words_fold(b, y);
    return n == m && memcmp(x, y, n) == 0;
}

slice words_narrow(slice s, char out[NARROW_MAX])
{
    size_t n = 0;
    bool wide = false;
    if (s.len > NARROW_MAX || (s.len && !memchr(s.ptr, 0xEF, s.len) && !memchr(s.ptr, 0xE3, s.len))) return s; /* lead bytes of U+FF01 …, and of U+3000 */
    for (size_t i = 0; i < s.len;) {
        uint32_t c;
        char text[4];
        size_t k = utf8_decode(s.ptr + i, s.len - i, &c);
        uint32_t half = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x3000 ? ' ' : c;
        if (half != c) wide = true, k = utf8_encode(half, text), memcpy(out + n, text, k), i += 3;
        else memcpy(out + n, s.ptr + i, k), i += k;
        n += k;
    }
    return wide ? slice_trim((slice){out, n}) : s;
}

/* ---- durations ---- */
/* Units by their folded names; a name may go on with letters that stand in `more` ("min", "mins", "minuto(s)"). */
static const struct unit { const char *name; int64_t ms; } units[] = {
    {"w", 7 * MS_DAY}, {"wk", 7 * MS_DAY}, {"week", 7 * MS_DAY}, {"weeks", 7 * MS_DAY}, {"semana", 7 * MS_DAY}, {"semanas", 7 * MS_DAY}, {"semaine", 7 * MS_DAY}, {"semaines", 7 * MS_DAY},
    {"woche", 7 * MS_DAY}, {"wochen", 7 * MS_DAY}, {"周", 7 * MS_DAY}, {"星期", 7 * MS_DAY},
    {"d", MS_DAY}, {"day", MS_DAY}, {"days", MS_DAY}, {"dia", MS_DAY}, {"dias", MS_DAY}, {"jour", MS_DAY}, {"jours", MS_DAY}, {"j", MS_DAY}, {"tag", MS_DAY}, {"tage", MS_DAY}, {"tagen", MS_DAY},
    {"giorno", MS_DAY}, {"giorni", MS_DAY}, {"天", MS_DAY}, {"日", MS_DAY},
    {"h", MS_HOUR}, {"hr", MS_HOUR}, {"hrs", MS_HOUR}, {"hour", MS_HOUR}, {"hours", MS_HOUR}, {"hora", MS_HOUR}, {"horas", MS_HOUR}, {"heure", MS_HOUR}, {"heures", MS_HOUR},
    {"std", MS_HOUR}, {"stunde", MS_HOUR}, {"stunden", MS_HOUR}, {"ora", MS_HOUR}, {"ore", MS_HOUR}, {"小时", MS_HOUR}, {"时", MS_HOUR}, {"个小时", MS_HOUR}, {"小時", MS_HOUR}, {"钟头", MS_HOUR},
    {"m", MS_MINUTE}, {"min", MS_MINUTE}, {"mins", MS_MINUTE}, {"minute", MS_MINUTE}, {"minutes", MS_MINUTE}, {"minuto", MS_MINUTE}, {"minutos", MS_MINUTE}, {"minuten", MS_MINUTE}, {"mn", MS_MINUTE},
    {"minuti", MS_MINUTE}, {"分", MS_MINUTE}, {"分钟", MS_MINUTE}, {"分鐘", MS_MINUTE},
    {"s", MS_SECOND}, {"sec", MS_SECOND}, {"secs", MS_SECOND}, {"second", MS_SECOND}, {"seconds", MS_SECOND}, {"segundo", MS_SECOND}, {"segundos", MS_SECOND}, {"seg", MS_SECOND},
    {"seconde", MS_SECOND}, {"secondes", MS_SECOND}, {"sek", MS_SECOND}, {"sekunde", MS_SECOND}, {"sekunden", MS_SECOND}, {"secondo", MS_SECOND}, {"secondi", MS_SECOND}, {"秒", MS_SECOND}, {"秒钟", MS_SECOND},
    {"ms", 1},
};

static int64_t unit_named(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) == n && memcmp(units[i].name, p, n) == 0) return units[i].ms;
    return 0;
}

int64_t words_unit(slice folded) { return unit_named(folded.ptr, folded.len); }

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* "26:03:04" or "26:03" (hours and minutes), behind whatever days stood before. */
static bool clock_text(const char *p, const char *end, int64_t *ms)
{
    int64_t part[3] = {0};
    int n = 0;
    while (n < 3 && p < end && digit(*p)) {
        int w = 0;
        while (p < end && digit(*p) && w++ < 9) part[n] = part[n] * 10 + (*p++ - '0');
        n++;
        if (p < end && *p == '.' && n == 3) return *ms = (part[0] * 60 + part[1]) * MS_MINUTE + part[2] * MS_SECOND, true;
        if (p == end) break;
        if (*p++ != ':') return false;
    }
    if (p != end || n < 2 || part[1] > 59 || part[2] > 59) return false;
    *ms = (part[0] * 60 + part[1]) * MS_MINUTE + part[2] * MS_SECOND;
    return true;
}

/* The digits and marks of a number. */
static slice number_at(const char *p, const char *end)
{
    const char *to = p;
    while (to < end && (digit(*to) || ((*to == '.' || *to == ',') && to + 1 < end && digit(to[1])))) to++;
    return (slice){p, (size_t)(to - p)};
}

/* Whether the marks in s group its digits by three, from the first on: "1,234,567". */
static bool by_threes(slice s, char mark)
{
    size_t run = 0, groups = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != mark) run++;
        else if (groups++ ? run != 3 : run == 0 || run > 3 || s.ptr[0] == '0') return false;
        else run = 0;
    }
    return groups && run == 3;
}

/* Of a number's marks the decimal one, '\0' if it has none. false: nobody writes numbers so. *either: the only mark is a comma that may stand between thousands as well. */
static bool decimal_mark(slice s, char *mark, bool *either)
{
    size_t last = s.len;
    *either = false;
    *mark = '\0';
    while (last && digit(s.ptr[last - 1])) last--;
    if (last == 0) return true;
    slice front = {s.ptr, last - 1};
    char m = s.ptr[last - 1], other = m == ',' ? '.' : ',';
    if (memchr(front.ptr, m, front.len)) return by_threes(s, m);
    *mark = m;
    if (memchr(front.ptr, other, front.len)) return by_threes(front, other);
    *either = m == ',' && by_threes(s, m);
    return true;
}

words_comma words_comma_of(slice s)
{
    char mark;
    bool either;
    s = slice_trim(s);
    if (s.len == 0 || !memchr(s.ptr, ',', s.len) || number_at(s.ptr, s.ptr + s.len).len != s.len || !decimal_mark(s, &mark, &either)) return COMMA_NONE;
    return either ? COMMA_EITHER : mark == ',' ? COMMA_DECIMAL : COMMA_THOUSANDS;
}

/* A number at *p; *p moves behind it. false: it is none, or its comma leaves open what it is. */
static bool amount(const char **p, const char *end, double *v)
{
    char text[32], mark, *stop;
    bool either;
    size_t n = 0;
    slice s = number_at(*p, end);
    if (s.len == 0 || s.len >= sizeof text || !decimal_mark(s, &mark, &either) || either) return false;
    for (size_t i = 0; i < s.len; i++)
        if (digit(s.ptr[i]) || s.ptr[i] == mark) text[n++] = s.ptr[i] == mark ? '.' : s.ptr[i];
    text[n] = '\0';
    *v = strtod(text, &stop);
    *p += s.len;
    return *stop == '\0';
}

static void blanks(const char **p, const char *end)
{
    while (*p < end && (**p == ' ' || **p == '\t')) (*p)++;
    if (end - *p >= 2 && (unsigned char)(*p)[0] == 0xC2 && (unsigned char)(*p)[1] == 0xA0) {
        *p += 2;
        blanks(p, end);
    }
}

/* The unit's word: letters up to a blank, a digit or a mark between parts; one: a single letter. */
static int64_t unit_at(const char **p, const char *end, bool one)
{
    const char *from = *p;
    char folded[WORDS_MAX];
    while (*p < end && !digit(**p) && **p != ' ' && **p != '\t' && **p != ',' && **p != '.' && **p != ';' && **p != '(' && !(one && *p > from)) (*p)++;
    size_t n = words_fold((slice){from, (size_t)(*p - from)}, folded);
    if (*p < end && (**p == '.' || **p == ',' || **p == ';')) (*p)++;
    else if (end - *p >= 3 && memcmp(*p, "(s)", 3) == 0) *p += 3;
    return unit_named(folded, n);
}

/* "and" between parts, in the languages of the units. */
static void joint(const char **p, const char *end)
{
    static const char *const words[] = {"and ", "e ", "y ", "et ", "und ", "零"};
    blanks(p, end);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - *p) > n && memcmp(*p, words[i], n) == 0) {
            *p += n;
            break;
        }
    }
    blanks(p, end);
}

/* "03:30 hrs": the end of the clock before a word for hours. */
static const char *clock_end(const char *p, const char *end)
{
    char folded[WORDS_MAX];
    const char *at = end;
    while (at > p && !digit(at[-1])) at--;
    return at < end && unit_named(folded, words_fold((slice){at, (size_t)(end - at)}, folded)) == MS_HOUR ? at : end;
}

bool words_duration(slice s, int64_t unit, int64_t *ms)
{
    char half[NARROW_MAX];
    s = words_narrow(slice_trim(s), half);
    if (s.len == 0) return false;
    const char *p = s.ptr, *end = s.ptr + s.len;
    double total = 0, v;
    size_t parts = 0;
    bool minus = p < end && *p == '-';
    if (minus) p++;
    bool iso = end - p > 1 && *p == 'P' && (p[1] == 'T' || digit(p[1])); /* ISO 8601 */
    if (iso) p++;
    bool days = iso; /* before its T an M is a month */
    for (joint(&p, end); p < end; joint(&p, end)) {
        int64_t clock;
        if (iso && *p == 'T' && p + 1 < end && digit(p[1])) p++, days = false;
        if (clock_text(p, clock_end(p, end), &clock)) {
            total += (double)clock;
            parts++;
            p = end;
            break;
        }
        if (!amount(&p, end, &v) || (days && p < end && *p == 'M')) return false;
        blanks(&p, end);
        int64_t u = p == end ? (parts == 0 ? unit : 0) : unit_at(&p, end, iso);
        if (u == 0) return false;
        total += v * (double)u;
        parts++;
    }
    if (parts == 0 || total > 1e15) return false;
    *ms = (int64_t)(total + 0.5) * (minus ? -1 : 1);
    return true;
}

int64_t words_unit_behind(slice folded, slice *bare)
{
    bool bracket = folded.len && folded.ptr[folded.len - 1] == ')';
    slice s = {folded.ptr, folded.len - bracket};
    const struct unit *best = NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i].name);
        if (n >= s.len || memcmp(s.ptr + s.len - n, units[i].name, n) != 0 || (bracket ? s.ptr[s.len - n - 1] != '(' : n < 3)) continue;
        if (!best || n > strlen(best->name)) best = &units[i];
    }
    if (!best) return 0;
    *bare = (slice){s.ptr, s.len - strlen(best->name) - bracket};
    if (bare->len > 2 && memcmp(bare->ptr + bare->len - 2, "in", 2) == 0 && !bracket) bare->len -= 2; /* "time to resolve in minutes" */
    return best->ms;
}
