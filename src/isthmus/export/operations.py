"""The operations of a program: what each means, in NumPy's terms, for values of one example.

Element-wise operations broadcast their inputs as NumPy does. Every writer has a line for each.
"""

ELEMENTWISE = {
    "add": "a + b",
    "sub": "a - b",
    "mul": "a * b",
    "div": "a / b",
    "max": "the greater",
    "min": "the lesser",
    "pow": "a to the power of b",
    "eq": "a == b",
    "ne": "a != b; a != a is true of NaN",
    "lt": "a < b",
    "le": "a <= b",
    "gt": "a > b",
    "ge": "a >= b",
    "and": "both, of truth values",
    "or": "either, of truth values",
    "not": "the contrary, of a truth value",
    "select": "b where a is true, c elsewhere",
    "cast": "the number as the output's kind; a float becomes a whole number towards zero",
    "neg": "-a",
    "abs": "the absolute value",
    "sign": "-1, 0 or 1",
    "floor": "the next whole number below",
    "round": "the nearest whole number, halves to the even one",
    "exp": "e to the power of a",
    "expm1": "exp(a) - 1, exact near 0",
    "log": "the natural logarithm",
    "log1p": "log(1 + a), exact near 0",
    "sqrt": "the square root",
    "rsqrt": "1 / sqrt(a)",
    "sin": "the sine",
    "cos": "the cosine",
    "sinh": "the hyperbolic sine",
    "cosh": "the hyperbolic cosine",
    "tanh": "the hyperbolic tangent",
    "asinh": "the inverse of sinh",
    "atanh": "the inverse of tanh",
    "logistic": "1 / (1 + exp(-a))",
    "erf": "the error function",
    "lgamma": "the logarithm of the gamma function",
    "digamma": "the derivative of lgamma",
}
"""Element-wise operations of one to three values, which broadcast."""

SHAPED = {
    "reshape": "the same numbers in the output's shape",
    "broadcast": "repeated along axes of size 1, to the output's shape",
    "transpose": "axes in the order of `axes`",
    "slice": "along each axis from `starts` to before `limits` in steps of `strides`",
    "reverse": "in reverse order along `axes`",
    "concatenate": "one after another along `axis`",
    "pad": "`low` and `high` many of the second value added before and after, axis by axis",
    "matmul": "the matrix product of the last two axes; axes before them go together",
    "sum": "sum over `axes`",
    "maximum": "the greatest over `axes`",
    "minimum": "the least over `axes`",
    "all": "whether all are true over `axes`",
    "any": "whether any is true over `axes`",
    "argmax": "the place of the greatest along `axis`, the first of equals",
    "argmin": "the place of the least along `axis`, the first of equals",
    "cumsum": "running sums along `axis`",
    "take": "a's numbers, read as one line, at the places b",
    "put": "a, read as one line, with c's numbers at the places b",
    "top": "the places of the `k` greatest of a line, greatest first, the first of equals",
}
"""Operations whose output has a shape of its own."""

OPERATIONS = ELEMENTWISE | SHAPED
"""Every kind of operation, and what it means."""
