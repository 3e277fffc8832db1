/* Heat in voxels, compiled: the same steps as field.py, a vector of modes or of places side by side.

   advance(): one time step of every mode of a range, its tridiagonal systems in depth made, factored and solved twice
   while they are in the nearest cache. respond(): what perfusion makes of the new temperatures, cell by cell. Written
   once and compiled twice, in single and in double precision (tests/dose/test_voxels.py compares with field.py). */

#ifndef REAL

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX 256
#define SIDE_MAX 4096
#define BYTES 64
#define WIDE 2
#define ROWS 4
#define INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_PROCESSOR
#endif

enum { CONSTANT, SKIN, MUSCLE, FAT }; /* heat.py: how the perfusion of a cell answers to temperature */

typedef struct {
    Py_ssize_t cells, count, first, last, moments;
    double weight[3], gamma, keep, slope, core_c, gain;
    const void *columns, *wave, *load, *modes[3], *blood[3];
    const void *left, *right;
    void *out, *temp, *perfusion, *target, *brought, *extremes, *scratch;
    Py_ssize_t even[2], odd[2];
    int back;
    const long long *answer;
    double bell[4];
} Task;

#define REAL float
#define WHOLE int
#define NAME(x) x##_single
#define MAGIC 12582912.0f /* 1.5 * 2^23: adding it rounds to a whole number */
#define MANTISSA 23
#define LOWEST -80.0f
#include "_voxels.c"
#undef REAL
#undef WHOLE
#undef NAME
#undef MAGIC
#undef MANTISSA
#undef LOWEST
#define REAL double
#define WHOLE long long
#define NAME(x) x##_double
#define MAGIC 6755399441055744.0
#define MANTISSA 52
#define LOWEST -700.0
#include "_voxels.c"

EVERY_PROCESSOR static void advance_single_all(const Task *t) { advance_single(t); }
EVERY_PROCESSOR static void advance_double_all(const Task *t) { advance_double(t); }
EVERY_PROCESSOR static void turn_single_all(const Task *t) { turn_single(t); }
EVERY_PROCESSOR static void turn_double_all(const Task *t) { turn_double(t); }
EVERY_PROCESSOR static void respond_single_all(const Task *t) { respond_single(t); }
EVERY_PROCESSOR static void respond_double_all(const Task *t) { respond_double(t); }

static int fits(const Py_buffer *b, Py_ssize_t numbers, Py_ssize_t size) { return b->len == numbers * size; }

static PyObject *done(Py_buffer *held, int many, int good) {
    for (int i = 0; i < many; i++) PyBuffer_Release(&held[i]);
    if (!good) {
        PyErr_SetString(PyExc_ValueError, "Voxels: the sizes of the arrays do not fit each other.");
        return NULL;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(advance_doc,
    "advance(size, first, last, moments, weights, gamma, columns, wave, load, modes, modes1, modes2, blood, blood1,\n"
    "        blood2, out)\n\n"
    "Fill ``out`` (cells, modes) for the modes first to last. ``size`` is that of a number, 4 or 8. ``columns`` has for\n"
    "each cell what conducts sideways, the diagonal beside that, the inertia, what blood takes implicitly, and what\n"
    "couples it to the next. ``modes`` and ``blood`` are of up to three ``moments``, this one first.");

static PyObject *advance(PyObject *self, PyObject *args) {
    Py_buffer b[10];
    Task t = {0};
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "nnnn(ddd)dy*y*y*y*y*y*y*y*y*w*", &size, &t.first, &t.last, &t.moments, &t.weight[0],
                          &t.weight[1], &t.weight[2], &t.gamma, &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7],
                          &b[8], &b[9]))
        return NULL;
    int good = size == 4 || size == 8;
    if (good) {
        t.cells = b[0].len / (5 * size), t.count = b[1].len / size;
        good = t.cells >= 2 && t.cells <= CELLS_MAX && fits(&b[0], 5 * t.cells, size) && fits(&b[1], t.count, size)
            && t.first >= 0 && t.first <= t.last && t.last <= t.count && t.moments >= 1 && t.moments <= 3;
        for (int i = 2; i < 10; i++) good = good && fits(&b[i], t.cells * t.count, size);
    }
    if (good) {
        t.columns = b[0].buf, t.wave = b[1].buf, t.load = b[2].buf, t.out = b[9].buf;
        for (int i = 0; i < 3; i++) t.modes[i] = b[3 + i].buf, t.blood[i] = b[6 + i].buf;
        Py_BEGIN_ALLOW_THREADS
        if (size == 4) advance_single_all(&t);
        else advance_double_all(&t);
        Py_END_ALLOW_THREADS
    }
    return done(b, 10, good);
}

PyDoc_STRVAR(turn_doc,
    "turn(size, first, last, back, even_odd_x, even_odd_y, left, right, field, out)\n\n"
    "Fill ``out`` with the modes of ``field`` (cells, x, y), or with its places if ``back``, in the cells first to last.\n"
    "Even modes come before odd ones, and ``left`` and ``right`` hold the matrix of the one, then of the other, on half\n"
    "of the places; where there are no odd modes the even ones stand for all.");

static PyObject *turn(PyObject *self, PyObject *args) {
    Py_buffer b[4];
    Task t = {0};
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "nnni(nn)(nn)y*y*y*w*", &size, &t.first, &t.last, &t.back, &t.even[0], &t.odd[0],
                          &t.even[1], &t.odd[1], &b[0], &b[1], &b[2], &b[3]))
        return NULL;
    int good = size == 4 || size == 8;
    for (int i = 0; good && i < 2; i++)
        good = t.even[i] > 0 && t.even[i] <= SIDE_MAX && t.odd[i] >= 0 && (t.odd[i] == 0 || t.even[i] - t.odd[i] <= 1)
            && t.odd[i] <= t.even[i] && fits(&b[i], t.even[i] * t.even[i] + t.odd[i] * t.odd[i], size);
    const Py_ssize_t x = t.even[0] + t.odd[0], y = t.even[1] + t.odd[1];
    good = good && b[2].len == b[3].len && b[2].len % (x * y * size) == 0 && t.first >= 0 && t.first <= t.last
        && t.last * x * y * size <= b[2].len;
    if (good) {
        t.left = b[0].buf, t.right = b[1].buf, t.temp = b[2].buf, t.out = b[3].buf;
        /* two fields of one depth, and the right matrices, with room for whole vectors */
        t.scratch = calloc((size_t)((3 * x + y) * (y + 2 * BYTES)), (size_t)size);
        if (t.scratch == NULL) {
            done(b, 4, 1);
            return PyErr_NoMemory();
        }
        Py_BEGIN_ALLOW_THREADS
        if (size == 4) turn_single_all(&t);
        else turn_double_all(&t);
        Py_END_ALLOW_THREADS
        free(t.scratch);
    }
    return done(b, 4, good);
}

PyDoc_STRVAR(respond_doc,
    "respond(size, first, last, keep, slope, core_c, gain, bells, columns, answer, temp, perfusion, target, brought,\n"
    "        extremes)\n\n"
    "Bring ``perfusion`` and ``target`` (cells, places) to the new ``temp`` in the cells first to last, and fill\n"
    "``brought`` (what blood brings, W/m2) and ``extremes`` (least and greatest perfusion of a cell). ``columns`` has\n"
    "for each cell its resting perfusion and the heat its blood holds; ``answer`` (int64) says how it answers.");

static PyObject *respond(PyObject *self, PyObject *args) {
    Py_buffer b[7];
    Task t = {0};
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "nnndddd(dddd)y*y*y*w*w*w*w*", &size, &t.first, &t.last, &t.keep, &t.slope, &t.core_c,
                          &t.gain, &t.bell[0], &t.bell[1], &t.bell[2], &t.bell[3], &b[0], &b[1], &b[2], &b[3], &b[4],
                          &b[5], &b[6]))
        return NULL;
    int good = size == 4 || size == 8;
    if (good) {
        t.cells = b[0].len / (2 * size);
        t.count = t.cells > 0 ? b[2].len / (t.cells * size) : 0;
        good = t.cells >= 1 && t.count >= 1 && fits(&b[0], 2 * t.cells, size) && fits(&b[1], t.cells, 8)
            && t.first >= 0 && t.first <= t.last && t.last <= t.cells && fits(&b[6], 2 * t.cells, size);
        for (int i = 2; i < 6; i++) good = good && fits(&b[i], t.cells * t.count, size);
        for (Py_ssize_t j = 0; good && j < t.cells; j++)
            good = ((const long long *)b[1].buf)[j] >= CONSTANT && ((const long long *)b[1].buf)[j] <= FAT;
    }
    if (good) {
        t.columns = b[0].buf, t.answer = b[1].buf, t.temp = b[2].buf, t.perfusion = b[3].buf, t.target = b[4].buf;
        t.brought = b[5].buf, t.extremes = b[6].buf;
        Py_BEGIN_ALLOW_THREADS
        if (size == 4) respond_single_all(&t);
        else respond_double_all(&t);
        Py_END_ALLOW_THREADS
    }
    return done(b, 7, good);
}

static PyMethodDef methods[] = {{"advance", advance, METH_VARARGS, advance_doc},
                                {"turn", turn, METH_VARARGS, turn_doc},
                                {"respond", respond, METH_VARARGS, respond_doc},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_voxels", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__voxels(void) { return PyModule_Create(&module); }

#else /* once for each precision */

#define LANES ((Py_ssize_t)(BYTES / sizeof(REAL)))
typedef REAL NAME(many) __attribute__((vector_size(BYTES)));
typedef WHOLE NAME(signs) __attribute__((vector_size(BYTES)));
#define MANY NAME(many)
#define SIGNS NAME(signs)

INLINE MANY NAME(all)(REAL value) { return value - (MANY){0}; }

INLINE MANY NAME(taken)(const REAL *from, Py_ssize_t lanes) {
    MANY out = {0};
    if (lanes == LANES) memcpy(&out, from, BYTES);
    else memcpy(&out, from, (size_t)lanes * sizeof(REAL));
    return out;
}

INLINE void NAME(put)(REAL *to, MANY value, Py_ssize_t lanes) {
    if (lanes == LANES) memcpy(to, &value, BYTES);
    else memcpy(to, &value, (size_t)lanes * sizeof(REAL));
}

INLINE MANY NAME(least)(MANY a, MANY b) {
    const SIGNS less = a < b;
    return (MANY)(((SIGNS)a & less) | ((SIGNS)b & ~less));
}

/* exp(x) for x <= 0, to rounding. 2^n by the exponent bits, the rest by its series. */
INLINE MANY NAME(exp_down)(MANY x) {
    const MANY low = NAME(all)((REAL)LOWEST);
    const SIGNS under = x < low;
    x = (MANY)(((SIGNS)x & ~under) | ((SIGNS)low & under));
    MANY turns = x * (REAL)1.4426950408889634 + (REAL)MAGIC;
    const SIGNS power = (SIGNS)turns << MANTISSA;
    turns -= (REAL)MAGIC;
    /* ln 2 in two parts, the first short enough for its products to be exact */
    const REAL coarse = sizeof(REAL) == 4 ? (REAL)0.693359375 : (REAL)6.93147180369123816490e-01;
    const REAL rest = sizeof(REAL) == 4 ? (REAL)-2.12194440e-4 : (REAL)1.90821492927058770002e-10;
    const MANY r = (x - turns * coarse) - turns * rest;
    const int terms = sizeof(REAL) == 4 ? 7 : 12;
    static const double factorial[] = {1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0, 3628800.0,
                                       39916800.0, 479001600.0};
    MANY p = NAME(all)((REAL)(1.0 / factorial[terms]));
    for (int i = terms - 1; i >= 0; i--) p = p * r + (REAL)(1.0 / factorial[i]);
    return (MANY)((SIGNS)p + power);
}

/* Modes m to m + WIDE vectors: their systems hang on each other cell by cell, so several are worked on in turn. */
INLINE void NAME(advance_at)(const Task *t, Py_ssize_t m, Py_ssize_t lanes, int wide) {
    const Py_ssize_t cells = t->cells, n = t->count;
    const REAL *sideways = t->columns, *diagonal = sideways + cells, *inertia = diagonal + cells;
    const REAL *implicit = inertia + cells, *between = implicit + cells;
    const REAL again = (REAL)(1.0 / t->gamma - 1.0), held = (REAL)(2.0 - 1.0 / t->gamma);
    MANY heat[CELLS_MAX][WIDE], kept[CELLS_MAX][WIDE], x[CELLS_MAX][WIDE], inverse[CELLS_MAX][WIDE], wave[WIDE];
    for (int v = 0; v < wide; v++) wave[v] = NAME(taken)((const REAL *)t->wave + m + v * LANES, lanes);
    for (Py_ssize_t j = 0; j < cells; j++) {
        for (int v = 0; v < wide; v++) {
            const Py_ssize_t at = j * n + m + v * LANES;
            const MANY now = NAME(taken)((const REAL *)t->modes[0] + at, lanes);
            MANY temp = now * (REAL)t->weight[0];
            MANY blood = NAME(taken)((const REAL *)t->blood[0] + at, lanes) * (REAL)t->weight[0];
            for (Py_ssize_t i = 1; i < t->moments; i++) {
                temp += NAME(taken)((const REAL *)t->modes[i] + at, lanes) * (REAL)t->weight[i];
                blood += NAME(taken)((const REAL *)t->blood[i] + at, lanes) * (REAL)t->weight[i];
            }
            heat[j][v] = blood + temp * implicit[j] + NAME(taken)((const REAL *)t->load + at, lanes);
            kept[j][v] = now * inertia[j];
            MANY diag = wave[v] * sideways[j] + diagonal[j];
            x[j][v] = kept[j][v] + heat[j][v];
            if (j > 0) {
                const MANY ratio = inverse[j - 1][v] * between[j - 1];
                diag -= ratio * between[j - 1];
                x[j][v] += ratio * x[j - 1][v];
            }
            inverse[j][v] = (REAL)1.0 / diag;
        }
    }
    for (int v = 0; v < wide; v++) x[cells - 1][v] *= inverse[cells - 1][v];
    for (Py_ssize_t j = cells - 2; j >= 0; j--)
        for (int v = 0; v < wide; v++) x[j][v] = (x[j][v] + x[j + 1][v] * between[j]) * inverse[j][v];
    for (Py_ssize_t j = 0; j < cells; j++) /* the second stage starts from T + (1 / gamma - 1) (first - T) */
        for (int v = 0; v < wide; v++) {
            x[j][v] = x[j][v] * (again * inertia[j]) + kept[j][v] * held + heat[j][v];
            if (j > 0) x[j][v] += inverse[j - 1][v] * between[j - 1] * x[j - 1][v];
        }
    for (Py_ssize_t j = cells - 1; j >= 0; j--)
        for (int v = 0; v < wide; v++) {
            if (j < cells - 1) x[j][v] += x[j + 1][v] * between[j];
            x[j][v] *= inverse[j][v];
            NAME(put)((REAL *)t->out + j * n + m + v * LANES, x[j][v], lanes);
        }
}

INLINE void NAME(advance)(const Task *t) {
    Py_ssize_t m = t->first;
    for (; m + WIDE * LANES <= t->last; m += WIDE * LANES) NAME(advance_at)(t, m, LANES, WIDE);
    for (; m < t->last; m += LANES) NAME(advance_at)(t, m, t->last - m < LANES ? t->last - m : LANES, 1);
}

/* rows x vecs vectors of left (., inner) times right (inner, .), the last of them with so many lanes. */
INLINE void NAME(block)(const REAL *left, Py_ssize_t left_row, const REAL *right, Py_ssize_t right_row, REAL *out,
                        Py_ssize_t out_row, Py_ssize_t inner, Py_ssize_t lanes, int rows, int vecs) {
    MANY sum[ROWS][WIDE];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vecs; v++) sum[r][v] = NAME(all)((REAL)0.0);
    for (Py_ssize_t k = 0; k < inner; k++) {
        MANY here[WIDE];
        for (int v = 0; v < vecs; v++) here[v] = NAME(taken)(right + k * right_row + v * LANES, lanes);
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vecs; v++) sum[r][v] += here[v] * left[r * left_row + k];
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vecs; v++) NAME(put)(out + r * out_row + v * LANES, sum[r][v], lanes);
}

INLINE void NAME(strip)(const REAL *left, Py_ssize_t left_row, const REAL *right, Py_ssize_t right_row, REAL *out,
                        Py_ssize_t out_row, Py_ssize_t inner, Py_ssize_t wide, int rows) {
    Py_ssize_t n = 0;
    for (; n + WIDE * LANES <= wide; n += WIDE * LANES)
        NAME(block)(left, left_row, right + n, right_row, out + n, out_row, inner, LANES, rows, WIDE);
    for (; n + LANES <= wide; n += LANES)
        NAME(block)(left, left_row, right + n, right_row, out + n, out_row, inner, LANES, rows, 1);
    if (n < wide) NAME(block)(left, left_row, right + n, right_row, out + n, out_row, inner, wide - n, rows, 1);
}

/* out (high, wide) = left (high, inner) right (inner, wide), each with its own distance from row to row. */
INLINE void NAME(product)(const REAL *left, Py_ssize_t left_row, const REAL *right, Py_ssize_t right_row, REAL *out,
                          Py_ssize_t out_row, Py_ssize_t high, Py_ssize_t inner, Py_ssize_t wide) {
    Py_ssize_t m = 0;
    for (; m + ROWS <= high; m += ROWS)
        NAME(strip)(left + m * left_row, left_row, right, right_row, out + m * out_row, out_row, inner, wide, ROWS);
    for (; m < high; m++)
        NAME(strip)(left + m * left_row, left_row, right, right_row, out + m * out_row, out_row, inner, wide, 1);
}

/* Sums and differences of what lies opposite: the places of one kind of modes, then of the other. */
INLINE void NAME(fold)(const REAL *from, REAL *to, Py_ssize_t even, Py_ssize_t odd) {
    for (Py_ssize_t i = 0; i < odd; i++) to[i] = from[i] + from[even + odd - 1 - i];
    for (Py_ssize_t i = odd; i < even; i++) to[i] = from[i];
    for (Py_ssize_t i = 0; i < odd; i++) to[even + i] = from[i] - from[even + odd - 1 - i];
}

/* The other way; what is of odd modes begins at ``second``. */
INLINE void NAME(unfold)(const REAL *from, const REAL *second, REAL *to, Py_ssize_t even, Py_ssize_t odd) {
    for (Py_ssize_t i = 0; i < odd; i++) to[i] = from[i] + second[i];
    for (Py_ssize_t i = odd; i < even; i++) to[i] = from[i];
    for (Py_ssize_t i = 0; i < odd; i++) to[even + odd - 1 - i] = from[i] - second[i];
}

INLINE void NAME(fold_rows)(const REAL *from, REAL *to, Py_ssize_t even, Py_ssize_t odd, Py_ssize_t y) {
    for (Py_ssize_t i = 0; i < even; i++) {
        const REAL *here = from + i * y, *opposite = from + (even + odd - 1 - i) * y;
        for (Py_ssize_t k = 0; k < y; k++) to[i * y + k] = i < odd ? here[k] + opposite[k] : here[k];
        if (i < odd)
            for (Py_ssize_t k = 0; k < y; k++) to[(even + i) * y + k] = here[k] - opposite[k];
    }
}

INLINE void NAME(unfold_rows)(const REAL *from, REAL *to, Py_ssize_t even, Py_ssize_t odd, Py_ssize_t y) {
    for (Py_ssize_t i = 0; i < even; i++) {
        const REAL *here = from + i * y, *second = from + (even + i) * y;
        for (Py_ssize_t k = 0; k < y; k++) to[i * y + k] = i < odd ? here[k] + second[k] : here[k];
        if (i < odd)
            for (Py_ssize_t k = 0; k < y; k++) to[(even + odd - 1 - i) * y + k] = here[k] - second[k];
    }
}

INLINE void NAME(turn)(const Task *t) {
    const Py_ssize_t xe = t->even[0], xo = t->odd[0], ye = t->even[1], yo = t->odd[1], x = xe + xo, y = ye + yo;
    const Py_ssize_t pe = (ye + LANES - 1) / LANES * LANES, po = (yo + LANES - 1) / LANES * LANES, wide = pe + po;
    REAL *first = t->scratch, *second = first + x * y, *last = second + x * y, *right = last + x * wide;
    for (Py_ssize_t k = 0; k < ye; k++) memcpy(right + k * pe, (const REAL *)t->right + k * ye, ye * sizeof(REAL));
    for (Py_ssize_t k = 0; k < yo; k++)
        memcpy(right + ye * pe + k * po, (const REAL *)t->right + ye * ye + k * yo, yo * sizeof(REAL));
    for (Py_ssize_t j = t->first; j < t->last; j++) {
        const REAL *here = (const REAL *)t->temp + j * x * y, *left = t->left;
        REAL *out = (REAL *)t->out + j * x * y;
        if (!t->back && xo) NAME(fold_rows)(here, first, xe, xo, y), here = first;
        NAME(product)(left, xe, here, y, second, y, xe, xe, y);
        NAME(product)(left + xe * xe, xo, here + xe * y, y, second + xe * y, y, xo, xo, y);
        here = second;
        if (t->back && xo) NAME(unfold_rows)(second, first, xe, xo, y), here = first;
        if (!t->back && yo) {
            for (Py_ssize_t i = 0; i < x; i++) NAME(fold)(second + i * y, first + i * y, ye, yo);
            here = first;
        }
        NAME(product)(here, y, right, pe, last, wide, x, ye, pe);
        NAME(product)(here + ye, y, right + ye * pe, po, last + pe, wide, x, yo, po);
        for (Py_ssize_t i = 0; i < x; i++)
            if (t->back) NAME(unfold)(last + i * wide, last + i * wide + pe, out + i * y, ye, yo);
            else {
                memcpy(out + i * y, last + i * wide, ye * sizeof(REAL));
                memcpy(out + i * y + ye, last + i * wide + pe, yo * sizeof(REAL));
            }
    }
}

INLINE void NAME(respond)(const Task *t) {
    const REAL *resting = t->columns, *holds = resting + t->cells;
    const REAL keep = (REAL)t->keep, slope = (REAL)t->slope, core = (REAL)t->core_c;
    for (Py_ssize_t j = t->first; j < t->last; j++) {
        const long long how = t->answer[j];
        MANY least = NAME(all)((REAL)1e30), most = -least;
        for (Py_ssize_t p = 0; p < t->count; p += LANES) {
            const Py_ssize_t lanes = t->count - p < LANES ? t->count - p : LANES, at = j * t->count + p;
            const MANY temp = NAME(taken)((const REAL *)t->temp + at, lanes);
            MANY target = NAME(all)((REAL)1.0);
            if (how == SKIN) {
                const MANY x = (REAL)39.5 - temp, small = NAME(exp_down)(NAME(least)(x, -x));
                const SIGNS cool = x > NAME(all)((REAL)0.0);
                const MANY over = (MANY)(((SIGNS)small & cool) | ((SIGNS)target & ~cool));
                target += (REAL)(t->gain - 1.0) * over / (small + (REAL)1.0);
            } else if (how != CONSTANT) {
                const MANY below = NAME(least)(temp - (REAL)45.0, NAME(all)((REAL)0.0));
                target += NAME(exp_down)(below * below * (REAL)(-1.0 / 12.0)) * (REAL)t->bell[how];
            }
            target *= resting[j];
            const MANY before = NAME(taken)((const REAL *)t->target + at, lanes);
            const MANY w = NAME(taken)((const REAL *)t->perfusion + at, lanes) * keep + target * ((REAL)1.0 - slope)
                + before * (slope - keep);
            NAME(put)((REAL *)t->target + at, target, lanes);
            NAME(put)((REAL *)t->perfusion + at, w, lanes);
            NAME(put)((REAL *)t->brought + at, w * (core - temp) * holds[j], lanes);
            MANY low = w, high = w;
            for (Py_ssize_t lane = lanes; lane < LANES; lane++) low[lane] = high[lane] = w[0]; /* idle lanes */
            least = NAME(least)(least, low);
            most = -NAME(least)(-most, -high);
        }
        REAL *bounds = (REAL *)t->extremes + 2 * j;
        bounds[0] = least[0], bounds[1] = most[0];
        for (Py_ssize_t lane = 1; lane < LANES; lane++) {
            bounds[0] = least[lane] < bounds[0] ? least[lane] : bounds[0];
            bounds[1] = most[lane] > bounds[1] ? most[lane] : bounds[1];
        }
    }
}

#undef LANES
#undef MANY
#undef SIGNS
#endif
