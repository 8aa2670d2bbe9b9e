lehr show "linear(from=0.01x, over=5%) -> cosine(to=0.1x)" --updates 1000 --base 3e-4
lehr check "linear(from=0.01x, over=5%) -> cosine(to=0.1x)" --updates 1000 --base 3e-4
lehr values "linear(from=0.01x, over=5%) -> cosine(to=0.1x)" --updates 1000 --base 3e-4 --at 1000
