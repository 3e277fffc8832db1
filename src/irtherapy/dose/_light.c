/* Light in layered tissue, compiled: the same steps as light.py and eigen.py, eight persons side by side.

   One function, absorbed(): what crosses the faces of each layer and what comes back, summed over wavelengths. Eight
   persons share a vector, and everything of one wavelength stays in the nearest cache. Double precision throughout, so
   that it equals light.py in double precision to rounding (tests/dose/test_light_compiled.py). */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#define LANES 8
#define NODES_MAX 8
#define LAYERS_MAX 6
#define DEGREES_MAX 64
#define FACES_MAX 256

typedef double real __attribute__((vector_size(8 * LANES)));
typedef long long whole __attribute__((vector_size(8 * LANES)));
#define INLINE static inline __attribute__((always_inline))

/* One program for every processor of its kind: the widest vectors it has are chosen when it is loaded. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_PROCESSOR
#endif

typedef struct {
    Py_ssize_t nodes, layers, wavelengths, persons, degrees, faces;
    const double *series;                  /* (3 nodes + nodes^2, degrees) of eigen._series */
    const double *absorption, *scattering; /* (wavelengths, persons, layers), 1/m */
    const double *thickness;               /* (persons, layers), m */
    const double *share;                   /* (wavelengths,) */
    const double *fraction;                /* (faces,) of each layer in turn, from 0 to 1 */
    const Py_ssize_t *first;               /* (layers + 1,) first face of each layer */
    const double *mirror, *drive, *leave;  /* (nodes,) of the surface */
    double forward, specular, albedo_max;
    double *flux;                          /* out: (faces, persons) */
    double *reflected;                     /* out: (persons,) */
} Task;

INLINE real both(double value) { return value - (real){0}; }

/* exp(x) for x <= 0, to rounding; below -700 it is exp(-700). 2^n by the exponent bits, the rest by its series. */
INLINE real exp_down(real x) {
    const real low = both(-700.0);
    whole under = x < low;
    x = (real)(((whole)x & ~under) | ((whole)low & under));
    const double magic = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to a whole number */
    real turns = x * 1.4426950408889634 + magic;
    whole power = (whole)turns << 52;
    turns -= magic;
    real r = (x - turns * 6.93147180369123816490e-01) - turns * 1.90821492927058770002e-10;
    real p = both(1.0 / 479001600.0);
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return (real)((whole)p + power);
}

/* 1 - exp(-x) for x >= 0 without cancellation: a series where x is small. */
INLINE real lost_by(real x) {
    real p = both(1.0 / 39916800.0);
    p = 1.0 / 3628800.0 - p * x;
    p = 1.0 / 362880.0 - p * x;
    p = 1.0 / 40320.0 - p * x;
    p = 1.0 / 5040.0 - p * x;
    p = 1.0 / 720.0 - p * x;
    p = 1.0 / 120.0 - p * x;
    p = 1.0 / 24.0 - p * x;
    p = 1.0 / 6.0 - p * x;
    p = 0.5 - p * x;
    p = 1.0 - p * x;
    p *= x;
    real q = 1.0 - exp_down(-x);
    whole small = x < both(0.2);
    return (real)(((whole)p & small) | ((whole)q & ~small));
}

typedef struct {
    real decay[NODES_MAX], flux[NODES_MAX], depth[NODES_MAX], lost[NODES_MAX], through[NODES_MAX];
    real shape[NODES_MAX][NODES_MAX];    /* ordinate, mode */
    real matrix[NODES_MAX][NODES_MAX];   /* Z + Y below this layer, as L and D */
    real coupling[NODES_MAX][NODES_MAX]; /* L^-1 W */
    real face[NODES_MAX];                /* I+ + I- at its top */
} Layer;

/* The modes of a layer of each lane, from the polynomials in sqrt(1 - albedo). */
INLINE void modes_of(const Task *t, Layer *layer, real x, real tau, int n) {
    real basis[DEGREES_MAX];
    const real twice = 4.0 * x - 2.0;
    basis[0] = both(1.0);
    basis[1] = 2.0 * x - 1.0;
    for (Py_ssize_t i = 2; i < t->degrees; i++) basis[i] = twice * basis[i - 1] - basis[i - 2];
    for (int row = 0; row < 3 * n + n * n; row++) {
        if (row >= 2 * n && row < 3 * n) continue; /* the fluence is not asked for */
        const double *c = t->series + row * t->degrees;
        real even = both(0.0), odd = both(0.0);
        Py_ssize_t i = 0;
        for (; i + 1 < t->degrees; i += 2) {
            even += c[i] * basis[i];
            odd += c[i + 1] * basis[i + 1];
        }
        if (i < t->degrees) even += c[i] * basis[i];
        even += odd;
        if (row < n) layer->decay[row] = row == 0 ? even * x : even;
        else if (row < 2 * n) layer->flux[row - n] = even;
        else layer->shape[(row - 3 * n) / n][(row - 3 * n) % n] = even;
    }
    for (int m = 0; m < n; m++) {
        layer->depth[m] = layer->decay[m] * tau;
        layer->through[m] = exp_down(-layer->depth[m]);
        layer->lost[m] = lost_by(2.0 * layer->depth[m]);
    }
}

/* shape diag(d) shape^T into out, symmetric. */
INLINE void product(real out[NODES_MAX][NODES_MAX], real a[NODES_MAX][NODES_MAX], const real *d, int n) {
    for (int i = 0; i < n; i++) {
        real scaled[NODES_MAX];
        for (int m = 0; m < n; m++) scaled[m] = a[i][m] * d[m];
        for (int j = 0; j <= i; j++) {
            real sum = a[j][0] * scaled[0];
            for (int m = 1; m < n; m++) sum += a[j][m] * scaled[m];
            out[i][j] = out[j][i] = sum;
        }
    }
}

/* L D L^T of a symmetric matrix in place, D and L below; `right` (n, columns) becomes L^-1 right. */
INLINE void eliminate(real a[NODES_MAX][NODES_MAX], real right[][NODES_MAX], int columns, int n) {
    for (int j = 0; j < n - 1; j++) {
        real inverse = 1.0 / a[j][j];
        for (int i = j + 1; i < n; i++) {
            real ratio = a[i][j] * inverse;
            for (int k = j + 1; k < n; k++) a[i][k] -= ratio * a[j][k];
            for (int k = 0; k < columns; k++) right[i][k] -= ratio * right[j][k];
            a[i][j] = ratio;
        }
    }
}

/* L^-T D^-1 vector, in place. */
INLINE void back_solve(real a[NODES_MAX][NODES_MAX], real *v, int n) {
    for (int i = 0; i < n; i++) v[i] /= a[i][i];
    for (int j = n - 2; j >= 0; j--)
        for (int i = j + 1; i < n; i++) v[j] -= a[i][j] * v[i];
}

/* One wavelength of eight persons: joins the layers from below, then walks down again; adds to flux and back. */
INLINE void one(const Task *t, Layer *layers, real share, real *flux, real *back, int n) {
    const Py_ssize_t count = t->layers;
    real under[NODES_MAX][NODES_MAX], own[NODES_MAX][NODES_MAX];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) under[i][j] = both(i == j ? 1.0 : 0.0);
    for (Py_ssize_t l = count - 1; l >= 0; l--) {
        Layer *here = layers + l;
        real near[NODES_MAX], far[NODES_MAX], inverse[NODES_MAX];
        for (int m = 0; m < n; m++) {
            real over = here->decay[m] / here->lost[m];
            near[m] = over * (2.0 - here->lost[m]);
            far[m] = 2.0 * over * here->through[m];
        }
        product(own, here->shape, near, n);
        product(here->coupling, here->shape, far, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) here->matrix[i][j] = under[i][j] + own[i][j];
        eliminate(here->matrix, here->coupling, n, n);
        for (int m = 0; m < n; m++) inverse[m] = 1.0 / here->matrix[m][m];
        for (int i = 0; i < n; i++) {
            real scaled[NODES_MAX];
            for (int m = 0; m < n; m++) scaled[m] = here->coupling[m][i] * inverse[m];
            for (int j = 0; j <= i; j++) {
                real sum = here->coupling[0][j] * scaled[0];
                for (int m = 1; m < n; m++) sum += here->coupling[m][j] * scaled[m];
                under[i][j] = under[j][i] = own[i][j] - sum;
            }
        }
    }
    real front[NODES_MAX][NODES_MAX], right[NODES_MAX][NODES_MAX], face[NODES_MAX];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) front[i][j] = under[i][j];
        front[i][i] += t->mirror[i];
        right[i][0] = both(t->drive[i]);
    }
    eliminate(front, right, 1, n);
    for (int i = 0; i < n; i++) face[i] = right[i][0];
    back_solve(front, face, n);
    real out = both(t->specular);
    for (int i = 0; i < n; i++) {
        real upward = face[i];
        for (int j = 0; j < n; j++) upward -= under[i][j] * face[j];
        out += t->leave[i] * upward;
    }
    *back += share * out;
    for (Py_ssize_t l = 0; l < count; l++) {
        Layer *here = layers + l;
        real next[NODES_MAX];
        for (int i = 0; i < n; i++) {
            real sum = here->coupling[i][0] * face[0];
            for (int j = 1; j < n; j++) sum += here->coupling[i][j] * face[j];
            next[i] = sum;
        }
        back_solve(here->matrix, next, n);
        for (int m = 0; m < n; m++) {
            real above = here->shape[0][m] * face[0], below = here->shape[0][m] * next[0];
            for (int i = 1; i < n; i++) {
                above += here->shape[i][m] * face[i];
                below += here->shape[i][m] * next[i];
            }
            real scale = share * here->flux[m] * here->decay[m] / here->lost[m];
            real down = (above - here->through[m] * below) * scale;
            real up = (below - here->through[m] * above) * scale;
            for (Py_ssize_t f = t->first[l]; f < t->first[l + 1]; f++) {
                const double x = t->fraction[f];
                flux[f] += down * exp_down(here->depth[m] * -x) - up * exp_down(here->depth[m] * (x - 1.0));
            }
        }
        for (int i = 0; i < n; i++) face[i] = next[i];
    }
}

INLINE void all(const Task *t, int n) {
    Layer layers[LAYERS_MAX];
    real flux[FACES_MAX];
    for (Py_ssize_t start = 0; start < t->persons; start += LANES) {
        const Py_ssize_t lanes = t->persons - start < LANES ? t->persons - start : LANES;
        real back = both(0.0);
        for (Py_ssize_t f = 0; f < t->faces; f++) flux[f] = both(0.0);
        for (Py_ssize_t w = 0; w < t->wavelengths; w++) {
            for (Py_ssize_t l = 0; l < t->layers; l++) {
                real x = both(0.0), tau = x;
                for (int lane = 0; lane < LANES; lane++) {
                    const Py_ssize_t p = start + (lane < lanes ? lane : lanes - 1); /* idle lanes copy the last */
                    const Py_ssize_t at = (w * t->persons + p) * t->layers + l;
                    const double scattered = t->scattering[at] * (1.0 - t->forward);
                    double extinction = t->absorption[at] + scattered;
                    extinction = extinction > 1e-6 ? extinction : 1e-6;
                    double albedo = scattered / extinction;
                    albedo = albedo < t->albedo_max ? albedo : t->albedo_max;
                    x[lane] = __builtin_sqrt(1.0 - albedo);
                    tau[lane] = extinction * t->thickness[p * t->layers + l];
                }
                modes_of(t, layers + l, x, tau, n);
            }
            one(t, layers, both(t->share[w]), flux, &back, n);
        }
        for (Py_ssize_t lane = 0; lane < lanes; lane++) {
            t->reflected[start + lane] = back[lane];
            for (Py_ssize_t f = 0; f < t->faces; f++) t->flux[f * t->persons + start + lane] = flux[f][lane];
        }
    }
}

EVERY_PROCESSOR static void work(const Task *t) {
    /* Known counts of ordinates are unrolled; 6 is what a plan uses. */
    if (t->nodes == 6) all(t, 6);
    else all(t, (int)t->nodes);
}

static int is_long(const Py_buffer *b, Py_ssize_t doubles) {
    return b->len == doubles * (Py_ssize_t)sizeof(double);
}

PyDoc_STRVAR(absorbed_doc,
    "absorbed(counts, series, absorption, scattering, thickness, share, fraction, mirror, drive, leave,\n"
    "         forward, specular, albedo_max, flux, reflected)\n\n"
    "Fill ``flux`` (faces, persons), downward minus upward at each face, and ``reflected`` (persons,), both summed\n"
    "over wavelengths by ``share``. ``counts`` holds int64: nodes, wavelengths, persons, degrees, then the faces of\n"
    "each layer. Arrays are contiguous float64; see light.py for what they mean. Raises ValueError on a wrong size.");

static PyObject *absorbed(PyObject *self, PyObject *args) {
    Py_buffer counts, in[9], out[2];
    Task t;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*y*y*y*y*dddw*w*", &counts, &in[0], &in[1], &in[2], &in[3], &in[4],
                          &in[5], &in[6], &in[7], &in[8], &t.forward, &t.specular, &t.albedo_max, &out[0], &out[1]))
        return NULL;
    const long long *count = counts.buf;
    Py_ssize_t first[LAYERS_MAX + 1] = {0};
    t.layers = counts.len / 8 - 4;
    int good = t.layers >= 1 && t.layers <= LAYERS_MAX && counts.len % 8 == 0;
    if (good) {
        t.nodes = count[0], t.wavelengths = count[1], t.persons = count[2], t.degrees = count[3];
        for (Py_ssize_t l = 0; l < t.layers; l++) {
            good = good && count[4 + l] > 0 && count[4 + l] <= FACES_MAX;
            first[l + 1] = first[l] + count[4 + l];
        }
        t.faces = first[t.layers];
        const Py_ssize_t cells = t.wavelengths * t.persons * t.layers;
        good = good && t.nodes >= 2 && t.nodes <= NODES_MAX && t.degrees >= 2 && t.degrees <= DEGREES_MAX
            && t.wavelengths > 0 && t.persons > 0 && t.faces <= FACES_MAX
            && is_long(&in[0], (3 * t.nodes + t.nodes * t.nodes) * t.degrees) && is_long(&in[1], cells)
            && is_long(&in[2], cells) && is_long(&in[3], t.persons * t.layers) && is_long(&in[4], t.wavelengths)
            && is_long(&in[5], t.faces) && is_long(&in[6], t.nodes) && is_long(&in[7], t.nodes)
            && is_long(&in[8], t.nodes) && is_long(&out[0], t.faces * t.persons) && is_long(&out[1], t.persons);
    }
    if (good) {
        t.series = in[0].buf, t.absorption = in[1].buf, t.scattering = in[2].buf, t.thickness = in[3].buf;
        t.share = in[4].buf, t.fraction = in[5].buf, t.first = first;
        t.mirror = in[6].buf, t.drive = in[7].buf, t.leave = in[8].buf;
        t.flux = out[0].buf, t.reflected = out[1].buf;
        Py_BEGIN_ALLOW_THREADS
        work(&t);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&counts);
    for (int i = 0; i < 9; i++) PyBuffer_Release(&in[i]);
    for (int i = 0; i < 2; i++) PyBuffer_Release(&out[i]);
    if (!good) {
        PyErr_SetString(PyExc_ValueError, "Light: the sizes of the arrays do not fit each other.");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"absorbed", absorbed, METH_VARARGS, absorbed_doc}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_light", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__light(void) { return PyModule_Create(&module); }
