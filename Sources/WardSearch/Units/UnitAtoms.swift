/// The atoms of UCUM that occur in health records: what each is in terms of others, and whether prefixes go with it.
///
/// Facts of the Unified Code for Units of Measure (https://ucum.org/ucum), tables 1 to 19; units on logarithmic scales (pH, B, Np) are left
/// out, since they are no multiples. A code that is not here compares with itself alone.
enum UnitAtoms {
    static let prefixes: [(code: String, factor: Double)] = [
        ("da", 1e1), ("Ki", 1_024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
        ("Y", 1e24), ("Z", 1e21), ("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("h", 1e2), ("d", 1e-1),
        ("c", 1e-2), ("m", 1e-3), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12), ("f", 1e-15), ("a", 1e-18), ("z", 1e-21), ("y", 1e-24),
    ]

    /// Temperatures: a value v is `v × factor + offset` K.
    static let temperatures: [String: (factor: Double, offset: Double)] = [
        "Cel": (1, 273.15), "[degF]": (5.0 / 9, 459.67 * 5 / 9),
    ]

    /// Units that compare with nothing but themselves.
    static let arbitrary: Set<String> = [
        "[iU]", "[arb'U]", "[USP'U]", "[GPL'U]", "[MPL'U]", "[APL'U]", "[beth'U]", "[anti'Xa'U]", "[todd'U]", "[dye'U]", "[smgy'U]",
        "[bdsk'U]", "[ka'U]", "[knk'U]", "[mclg'U]", "[tb'U]", "[CCID_50]", "[TCID_50]", "[EID_50]", "[PFU]", "[FFU]", "[CFU]", "[IR]",
        "[BAU]", "[AU]", "[Amb'a'1'U]", "[PNU]", "[Lf]", "[D'ag'U]", "[FEU]", "[ELU]", "[EU]", "[hnsf'U]",
    ]

    /// Codes that mean another one.
    static let aliases: [String: String] = ["[IU]": "[iU]", "L": "l", "10^": "10*"]

    static let metric: [String: (Double, String)] = [
        "mol": (6.022_136_7e23, "1"), "sr": (1, "rad2"), "Hz": (1, "s-1"), "N": (1, "kg.m/s2"), "Pa": (1, "N/m2"), "J": (1, "N.m"),
        "W": (1, "J/s"), "A": (1, "C/s"), "V": (1, "J/C"), "F": (1, "C/V"), "Ohm": (1, "V/A"), "S": (1, "Ohm-1"), "Wb": (1, "V.s"),
        "T": (1, "Wb/m2"), "H": (1, "Wb/A"), "lm": (1, "cd.sr"), "lx": (1, "lm/m2"), "Bq": (1, "s-1"), "Gy": (1, "J/kg"), "Sv": (1, "J/kg"),
        "l": (1, "dm3"), "ar": (100, "m2"), "t": (1e3, "kg"), "bar": (1e5, "Pa"), "u": (1.660_540_2e-24, "g"), "eV": (1.602_177_33e-19, "J"),
        "pc": (3.085_678e16, "m"), "kat": (1, "mol/s"), "U": (1, "umol/min"), "eq": (1, "mol"), "osm": (1, "mol"), "cal": (4.184, "J"),
        "cal_th": (4.184, "J"), "cal_IT": (4.1868, "J"), "g%": (1, "g/dl"), "m[H2O]": (9.806_65, "kPa"), "m[Hg]": (133.322, "kPa"),
        "dyn": (1, "g.cm/s2"), "erg": (1, "dyn.cm"), "P": (1, "dyn.s/cm2"), "G": (1e-4, "T"), "Ci": (3.7e10, "Bq"), "R": (2.58e-4, "C/kg"),
        "RAD": (100, "erg/g"), "REM": (100, "erg/g"), "st": (1, "m3"), "bit": (1, "1"), "By": (8, "bit"),
    ]

    static let plain: [String: (Double, String)] = [
        "10*": (10, "1"), "%": (1e-2, "1"), "[ppth]": (1e-3, "1"), "[ppm]": (1e-6, "1"), "[ppb]": (1e-9, "1"), "[pptr]": (1e-12, "1"),
        "[pi]": (Double.pi, "1"), "deg": (Double.pi / 180, "rad"), "'": (Double.pi / 10_800, "rad"), "''": (Double.pi / 648_000, "rad"),
        "gon": (0.9, "deg"), "min": (60, "s"), "h": (60, "min"), "d": (24, "h"), "wk": (7, "d"), "a_j": (365.25, "d"), "a": (365.25, "d"),
        "a_t": (365.242_19, "d"), "a_g": (365.2425, "d"), "mo_j": (30.4375, "d"), "mo": (30.4375, "d"), "mo_s": (29.530_59, "d"),
        "mo_g": (30.436_875, "d"), "atm": (101_325, "Pa"), "gf": (9.806_65, "g.m/s2"), "[lbf_av]": (9.806_65, "[lb_av].m/s2"),
        "[in_i]": (2.54, "cm"), "[ft_i]": (12, "[in_i]"), "[yd_i]": (3, "[ft_i]"), "[mi_i]": (5_280, "[ft_i]"), "[sin_i]": (1, "[in_i]2"),
        "[sft_i]": (1, "[ft_i]2"), "[cin_i]": (1, "[in_i]3"), "[gr]": (64.798_91, "mg"), "[lb_av]": (7_000, "[gr]"),
        "[oz_av]": (437.5, "[gr]"), "[dr_av]": (27.343_75, "[gr]"), "[stone_av]": (14, "[lb_av]"), "[ston_av]": (2_000, "[lb_av]"),
        "[gal_us]": (231, "[in_i]3"), "[qt_us]": (0.25, "[gal_us]"), "[pt_us]": (0.125, "[gal_us]"), "[foz_us]": (1.0 / 128, "[gal_us]"),
        "[cup_us]": (1.0 / 16, "[gal_us]"), "[tbs_us]": (0.5, "[foz_us]"), "[tsp_us]": (1.0 / 6, "[foz_us]"), "[drp]": (0.05, "ml"),
        "[in_i'Hg]": (0.0254, "m[Hg]"), "[in_i'H2O]": (0.0254, "m[H2O]"), "[psi]": (1, "[lbf_av]/[in_i]2"), "[Cal]": (1, "kcal_th"),
        "[car_m]": (0.2, "g"), "[diop]": (1, "m-1"), "[HPF]": (1, "1"), "[LPF]": (100, "1"), "[MET]": (3.5, "ml/min/kg"), "[Ch]": (1.0 / 3, "mm"),
        "[hd_i]": (4, "[in_i]"), "[nmi_i]": (1_852, "m"), "[g]": (9.806_65, "m/s2"), "[PRU]": (1, "mm[Hg].s/ml"),
        "[wood'U]": (1, "mm[Hg].min/l"),
    ]
}
