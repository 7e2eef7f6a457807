"""Activation functions and their derivatives; mlpack writes some through the value y = f(x)."""

from __future__ import annotations

from corpus.claim import Claim
from sympy import (
    Abs,
    Derivative,
    Max,
    Min,
    Piecewise,
    Rational,
    cos,
    cosh,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
    tanh,
)

from symderiv import sigma, softplus

__all__ = ["CLAIMS"]

x, y, z = symbols("x y z", real=True)
alpha, beta, lam = symbols("alpha beta lam", positive=True)
HALF = Rational(1, 2)
KERAS = "Keras, keras/activations.py, "
MLPACK = "mlpack, methods/ann/activation_functions/"
TORCH = "PyTorch, documentation of nn."

mish = x * tanh(log(1 + exp(x)))
elish = Piecewise(((exp(x) - 1) / (1 + exp(-x)), x < 0), (x / (1 + exp(-x)), True))
gelu = HALF * x * (1 + erf(x / sqrt(2)))
inner = sqrt(2 / pi) * (x + Rational(44715, 10**6) * x**3)
gelu_tanh = HALF * x * (1 + tanh(inner))
inner_slope = sqrt(2 / pi) * (1 + Rational(134145, 10**6) * x**2)
hyper_sinh = Piecewise((sinh(x) / 3, x > 0), (x**3 / 4, True))
through_value = Piecewise(
    (sqrt(Rational(1, 9) + hyper_sinh**2), x > 0), (3 * (hyper_sinh**2 / 4) ** Rational(1, 3), True)
)
sqnl = Piecewise((1, x > 2), (x - x**2 / 4, x >= 0), (x + x**2 / 4, x >= -2), (-1, True))
isrlu = Piecewise((x / sqrt(1 + alpha * x**2), x < 0), (x, True))
bipolar = (1 - exp(-x)) / (1 + exp(-x))
elu = Piecewise((x, x > 0), (alpha * (exp(x) - 1), True))
hard_sigmoid = Piecewise((0, x < -Rational(5, 2)), (1, x > Rational(5, 2)), (x / 5 + HALF, True))
hard_swish = Piecewise((0, x < -3), (x, x > 3), (x * (x + 3) / 6, True))
soft_shrink = Piecewise((x - lam, x > lam), (x + lam, x < -lam), (0, True))
celu = Max(0, x) + Min(0, alpha * (exp(x / alpha) - 1))
swish = x * sigma(beta * x)
serf = x * erf(log(1 + exp(x)))
smelu = Piecewise((x, x >= beta), ((x + beta) ** 2 / (4 * beta), Abs(x) <= beta), (0, True))

CLAIMS = [
    Claim("sigmoid", "Bishop 2006, (4.88)", Derivative(sigma(x), x), sigma(x) * (1 - sigma(x))),
    Claim(
        "sigmoid, second",
        "Bishop 2006, differentiating (4.88)",
        Derivative(sigma(x), x, x),
        sigma(x) * (1 - sigma(x)) * (1 - 2 * sigma(x)),
    ),
    Claim(
        "sigmoid, third",
        "Minai and Williams 1993, Table 1",
        Derivative(sigma(x), x, x, x),
        sigma(x) * (1 - sigma(x)) * (1 - 6 * sigma(x) + 6 * sigma(x) ** 2),
    ),
    Claim(
        "sigmoid, fourth",
        "Minai and Williams 1993, recursion",
        Derivative(sigma(x), (x, 4)),
        sigma(x) * (1 - sigma(x)) * (1 - 2 * sigma(x)) * (1 - 12 * sigma(x) + 12 * sigma(x) ** 2),
    ),
    Claim("sigmoid, symmetry", "Bishop 2006, (4.60)", sigma(-x), 1 - sigma(x)),
    Claim(
        "sigmoid, inverse",
        MLPACK + "logistic_function.hpp, Inv",
        sigma(-log(1 / z - 1)),
        z,
        (z > 0, z < 1),
    ),
    Claim("tanh as a sigmoid", "Bishop 2006, (5.59)", tanh(x), 2 * sigma(2 * x) - 1),
    Claim("tanh as exponentials", KERAS + "tanh", tanh(x), (exp(x) - exp(-x)) / (exp(x) + exp(-x))),
    Claim("tanh", MLPACK + "tanh_function.hpp", Derivative(tanh(x), x), 1 - tanh(x) ** 2),
    Claim(
        "tanh, second",
        "differentiating Bishop 2006, (5.60)",
        Derivative(tanh(x), x, x),
        -2 * tanh(x) * (1 - tanh(x) ** 2),
    ),
    Claim("softplus", KERAS + "softplus", Derivative(log(exp(x) + 1), x), sigma(x)),
    Claim(
        "softplus, inverse",
        MLPACK + "softplus_function.hpp, Inv",
        log(1 + exp(log(exp(y) - 1))),
        y,
        (y > 0,),
    ),
    Claim("softplus, reflected", "Murphy 2022, (2.89) and around", softplus(x) - softplus(-x), x),
    Claim(
        "softsign",
        MLPACK + "softsign_function.hpp",
        Derivative(x / (1 + Abs(x)), x),
        1 / (1 + Abs(x)) ** 2,
    ),
    Claim(
        "softsign, through its value",
        MLPACK + "softsign_function.hpp, Deriv",
        Derivative(x / (1 + Abs(x)), x),
        (1 - Abs(x / (1 + Abs(x)))) ** 2,
    ),
    Claim(
        "swish",
        KERAS + "swish; Ramachandran et al. 2017, §2",
        Derivative(swish, x),
        beta * swish + sigma(beta * x) * (1 - beta * swish),
    ),
    Claim(
        "silu, second",
        "Elfwing et al. 2018, (9) differentiated",
        Derivative(x * sigma(x), x, x),
        sigma(x) * (1 - sigma(x)) * (2 + x * (1 - 2 * sigma(x))),
    ),
    Claim(
        "silu",
        MLPACK + "silu_function.hpp",
        Derivative(x / (1 + exp(-x)), x),
        (1 + exp(-x) + x * exp(-x)) / (1 + exp(-x)) ** 2,
    ),
    Claim(
        "mish",
        MLPACK + "mish_function.hpp, the formula of its comment",
        Derivative(mish, x),
        tanh(log(1 + exp(x))) + x * (1 - tanh(log(1 + exp(x))) ** 2) / (1 + exp(-x)),
    ),
    Claim(
        "mish, Misra's form",
        "Misra 2019, §2: ω and δ",
        Derivative(mish, x),
        exp(x)
        * (4 * (x + 1) + 4 * exp(2 * x) + exp(3 * x) + exp(x) * (4 * x + 6))
        / (2 * exp(x) + exp(2 * x) + 2) ** 2,
    ),
    Claim(
        "elish",
        MLPACK + "elish_function.hpp",
        Derivative(elish, x),
        Piecewise(
            (exp(x) - 2 / (1 + exp(x)) + 2 / (1 + exp(x)) ** 2, x < 0),
            (1 / (1 + exp(-x)) + x * exp(-x) / (1 + exp(-x)) ** 2, True),
        ),
    ),
    Claim(
        "tanhexp",
        MLPACK + "tanh_exponential_function.hpp",
        Derivative(x * tanh(exp(x)), x),
        tanh(exp(x)) - x * exp(x) * (tanh(exp(x)) ** 2 - 1),
    ),
    Claim(
        "gelu",
        MLPACK + "gelu_exact_function.hpp",
        Derivative(gelu, x),
        gelu / x + x * exp(-HALF * x * x) / sqrt(2 * pi),
    ),
    Claim(
        "gelu, second",
        "Lee 2023, GELU, Theorem 2",
        Derivative(gelu, x, x),
        (2 - x**2) * exp(-(x**2) / 2) / sqrt(2 * pi),
    ),
    Claim(
        "gelu, tanh form",
        KERAS + "gelu, approximate",
        Derivative(gelu_tanh, x),
        HALF * (1 + tanh(inner)) + HALF * x * (1 - tanh(inner) ** 2) * inner_slope,
    ),
    Claim(
        "gelu, as written with sech",
        MLPACK + "gelu_function.hpp, with exact constants",
        Derivative(gelu_tanh, x),
        HALF * tanh(inner) + HALF * x * inner_slope / cosh(inner) ** 2 + HALF,
    ),
    Claim(
        "lisht",
        MLPACK + "lisht_function.hpp",
        Derivative(x * tanh(x), x),
        tanh(x) + x * (1 - tanh(x) ** 2),
    ),
    Claim(
        "hyper-sinh",
        MLPACK + "hyper_sinh_function.hpp",
        Derivative(hyper_sinh, x),
        Piecewise((cosh(x) / 3, x > 0), (Rational(3, 4) * x**2, True)),
    ),
    Claim(
        "hyper-sinh, through its value",
        MLPACK + "hyper_sinh_function.hpp, Deriv",
        Derivative(hyper_sinh, x),
        through_value,
    ),
    Claim(
        "elliot",
        MLPACK + "elliot_function.hpp",
        Derivative(x / (1 + Abs(x)), x),
        1 / (1 + Abs(x)) ** 2,
    ),
    Claim(
        "growing cosine unit",
        MLPACK + "gcu_function.hpp",
        Derivative(x * cos(x), x),
        cos(x) - x * sin(x),
    ),
    Claim(
        "square nonlinearity",
        MLPACK + "sqnl_function.hpp",
        Derivative(sqnl, x),
        Piecewise((0, x > 2), (1 - x / 2, x >= 0), (1 + x / 2, x >= -2), (0, True)),
    ),
    Claim(
        "square nonlinearity, inverse",
        MLPACK + "sqnl_function.hpp, Inv",
        (2 * (1 - sqrt(1 - y))) - (2 * (1 - sqrt(1 - y))) ** 2 / 4,
        y,
        (y >= 0, y <= 1),
    ),
    Claim(
        "isru",
        MLPACK + "isru_function.hpp",
        Derivative(x / sqrt(1 + alpha * x**2), x),
        (1 / sqrt(1 + alpha * x**2)) ** 3,
    ),
    Claim(
        "isrlu",
        MLPACK + "isrlu_function.hpp",
        Derivative(isrlu, x),
        Piecewise(((1 / sqrt(1 + alpha * x * x)) ** 3, x < 0), (1, True)),
    ),
    Claim(
        "isrlu, through its value",
        MLPACK + "isrlu_function.hpp, Deriv",
        Derivative(isrlu, x),
        (isrlu / x) ** 3,
        (x < 0,),
    ),
    Claim(
        "isru, inverse",
        MLPACK + "isru_function.hpp, Inv",
        (x / sqrt(1 + alpha * x**2)) / sqrt(1 - alpha * (x / sqrt(1 + alpha * x**2)) ** 2),
        x,
    ),
    Claim(
        "bipolar sigmoid",
        MLPACK + "bipolar_sigmoid_function.hpp",
        Derivative(bipolar, x),
        2 * exp(x) / (1 + exp(x)) ** 2,
    ),
    Claim(
        "bipolar sigmoid, through its value",
        MLPACK + "bipolar_sigmoid_function.hpp, Deriv",
        Derivative(bipolar, x),
        (1 - bipolar**2) / 2,
    ),
    Claim(
        "elu",
        KERAS + "elu; Clevert et al. 2016, (16)",
        Derivative(elu, x),
        Piecewise((1, x > 0), (elu + alpha, True)),
    ),
    Claim(
        "selu",
        KERAS + "selu",
        Derivative(lam * elu, x),
        lam * Piecewise((1, x > 0), (alpha * exp(x), True)),
    ),
    Claim(
        "celu", TORCH + "CELU", Derivative(celu, x), Piecewise((1, x > 0), (exp(x / alpha), True))
    ),
    Claim(
        "hard sigmoid",
        KERAS + "hard_sigmoid",
        Derivative(hard_sigmoid, x),
        Piecewise((Rational(1, 5), (x > -Rational(5, 2)) & (x < Rational(5, 2))), (0, True)),
    ),
    Claim(
        "hard sigmoid, clipped",
        MLPACK + "hard_sigmoid_function.hpp",
        hard_sigmoid,
        Min(1, Max(0, Rational(1, 5) * x + HALF)),
    ),
    Claim(
        "hard swish",
        MLPACK + "hard_swish_function.hpp",
        Derivative(hard_swish, x),
        Piecewise((0, x < -3), (1, x > 3), ((2 * x + 3) / 6, True)),
    ),
    Claim("hard swish by relu6", "PyTorch F.hardswish", x * Min(Max(x + 3, 0), 6) / 6, hard_swish),
    Claim(
        "hard tanh",
        TORCH + "Hardtanh",
        Max(-1, Min(1, x)),
        Piecewise((1, x > 1), (-1, x < -1), (x, True)),
    ),
    Claim(
        "leaky relu",
        MLPACK + "leaky_relu",
        Derivative(Max(x, alpha * x), x),
        Piecewise((1, x > 0), (alpha, True)),
        (alpha < 1,),
    ),
    Claim("relu by absolute value", "Murphy 2022, §13.2.3", Max(0, x), (x + Abs(x)) / 2),
    Claim("relu", MLPACK + "rectifier_function.hpp", Derivative(Max(0, x), x), (1 + sign(x)) / 2),
    Claim(
        "gaussian",
        MLPACK + "gaussian_function.hpp",
        Derivative(exp(-(x**2)), x),
        2 * -x * exp(-(x**2)),
    ),
    Claim(
        "inverse quadratic",
        MLPACK + "inverse_quadratic_function.hpp",
        Derivative(1 / (1 + x * x), x),
        -2 * x / (1 + x**2) ** 2,
    ),
    Claim(
        "multiquadratic",
        MLPACK + "multi_quadratic_function.hpp",
        Derivative(sqrt(1 + x * x), x),
        x / sqrt(1 + x * x),
    ),
    Claim(
        "poisson one",
        MLPACK + "poisson1_function.hpp",
        Derivative((x - 1) * exp(-x), x),
        exp(-x) + (1 - x) * exp(-x),
    ),
    Claim(
        "spline",
        MLPACK + "spline_function.hpp",
        Derivative(x**2 * log(1 + x), x),
        2 * x * log(1 + x) + x**2 / (1 + x),
        (x > -1,),
    ),
    Claim(
        "soft shrink",
        MLPACK + "softshrink_function.hpp",
        Derivative(soft_shrink, x),
        Piecewise((1, x > lam), (1, x < -lam), (0, True)),
    ),
    Claim(
        "soft shrink as a maximum",
        "ESL (3.57); glmnet",
        soft_shrink,
        sign(x) * Max(Abs(x) - lam, 0),
    ),
    Claim(
        "tanh shrink", MLPACK + "tanhshrink_function.hpp", Derivative(x - tanh(x), x), tanh(x) ** 2
    ),
    Claim(
        "shifted softplus",
        MLPACK + "shifted_softplus.hpp",
        Derivative(log(HALF * exp(x) + HALF), x),
        1 / (1 + exp(-x)),
    ),
    Claim(
        "log-sigmoid", TORCH + "LogSigmoid", Derivative(log(1 / (1 + exp(-x))), x), 1 / (1 + exp(x))
    ),
    Claim(
        "serf",
        "Nag et al. 2021, (3)",
        Derivative(serf, x),
        erf(log(1 + exp(x))) + 2 * x * sigma(x) * exp(-(log(1 + exp(x)) ** 2)) / sqrt(pi),
    ),
    Claim(
        "snake",
        "Ziyin et al. 2020, (3)",
        Derivative(x + sin(alpha * x) ** 2 / alpha, x),
        1 + sin(2 * alpha * x),
    ),
    Claim(
        "snake, by cosine",
        "Ziyin et al. 2020, (4)",
        x + sin(alpha * x) ** 2 / alpha,
        x - cos(2 * alpha * x) / (2 * alpha) + 1 / (2 * alpha),
    ),
    Claim(
        "smelu",
        "Shamir et al. 2020, smooth ReLU",
        Derivative(smelu, x),
        Min(1, Max(0, (x + beta) / (2 * beta))),
    ),
    Claim(
        "squareplus",
        "Barron 2021, (2)",
        Derivative((x + sqrt(x**2 + beta)) / 2, x),
        HALF * (1 + x / sqrt(x**2 + beta)),
    ),
    Claim(
        "squareplus, reflected",
        "Barron 2021, (4)",
        ((x + sqrt(x**2 + beta)) / 2) * ((-x + sqrt(x**2 + beta)) / 2),
        beta / 4,
    ),
    Claim("two-class softmax", "Murphy 2022, (2.96)", exp(x) / (exp(x) + exp(y)), sigma(x - y)),
    Claim(
        "two-class softmax, derivative",
        "Murphy 2022, (2.96)",
        Derivative(exp(x) / (exp(x) + exp(y)), y),
        -sigma(x - y) * sigma(y - x),
    ),
    Claim(
        "log-sum-exp with a shift",
        "Murphy 2022, (2.98)",
        Max(x, y) + log(exp(x - Max(x, y)) + exp(y - Max(x, y))),
        log(exp(x) + exp(y)),
    ),
    Claim(
        "logaddexp, stable",
        "NumPy, core/src/npymath, npy_logaddexp",
        Max(x, y) + log(1 + exp(-Abs(x - y))),
        log(exp(x) + exp(y)),
    ),
]
