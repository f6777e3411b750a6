/* TrueType files as the PDF library can use them, and which of them prints a character. The PDF library embeds a subset, but drops the parts of glyphs
 * that are composed of others and knows no character beyond U+FFFF; both print as nothing. So every character is looked up here before it is printed. */
#ifndef SLA_REPORTS_FONT_H
#define SLA_REPORTS_FONT_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/err.h"

typedef struct face face;
/* Reads path (TrueType outlines; of a .ttc its first font). SLA_UNKNOWN_FORMAT where it has none, is cut short or lies about itself. */
sla_status face_open(const char *path, face **out, err *e);
void face_close(face *f);                            /* NULL allowed */
const char *face_path(const face *f);
bool face_is_collection(const face *f);
typedef enum glyph_state { GLYPH_GOOD, GLYPH_MISSING, GLYPH_COMPOSITE } glyph_state;
glyph_state face_glyph(face *f, uint32_t cp);
double face_advance(const face *f, uint32_t cp);     /* in em; 0 where it has none */

/* The faces of one report. Which one a character is set in: */
enum { FACE_REGULAR, FACE_BOLD, FACE_SPARE, FACE_LATIN, FACE_LATIN_BOLD, FACE_COUNT, FACE_NONE = -1 };
typedef struct fontset {
    face *faces[FACE_COUNT];
    bool chosen;                     /* the user named the font, so it is refused, not replaced */
    bool english;                    /* quotation marks go with Latin letters, not with Chinese */
} fontset;
/* font NULL: the first of the known ones that is installed (Noto Sans SC, LXGW WenKai, WenQuanYi Zen Hei). The brush-like ones get Liberation Sans for Latin
 * letters and figures, if it is installed; a font that the user names sets everything. SLA_NAME: there is none; the hint names packages. */
sla_status fontset_open(const char *font, const char *bold, fontset *out, err *e);
void fontset_close(fontset *fs);
int fontset_pick(const fontset *fs, bool bold, uint32_t cp);
/* text with what cannot be printed replaced: control characters by a blank, characters no face has by [U+20BB7], each of which is told to missing(). The
 * same slice where nothing had to be done. ptr NULL: no memory. */
slice fontset_clean(const fontset *fs, slice text, arena *a, void (*missing)(void *ctx, uint32_t cp), void *ctx);
/* SLA_UNKNOWN_FORMAT if a character of text is a composite glyph of the chosen font. */
sla_status fontset_check(const fontset *fs, slice text, err *e);
double fontset_width(const fontset *fs, bool bold, double size, slice text);

/* How much of text fits into width: *used bytes belong to the line (with the blanks at its end), *shown of them are printed, *w wide. Chinese may break
 * anywhere but before ，。、；：！？）》」』 and their like, or after （《「『; Latin words and numbers stay whole, and are broken only where one is wider than
 * the line, after / _ - . if there is one. At least one character is taken. */
void fontset_line(const fontset *fs, bool bold, double size, slice text, double width, size_t *used, size_t *shown, double *w);
#endif
