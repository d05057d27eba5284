// Inside float80: constants of transcendental functions, rounded to 128 bits.
#pragma once

#include "runtime/cpu/float80/wide.h"

namespace elfin::cpu::float80 {

/// π
inline constexpr Wide kWidePi{{0xc90fdaa22168c234, 0xc4c6628b80dc1cd1}, 1, false};
/// π/2
inline constexpr Wide kWideHalfPi{{0xc90fdaa22168c234, 0xc4c6628b80dc1cd1}, 0, false};
/// ln 2
inline constexpr Wide kWideLogOf2{{0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af}, -1, false};
/// 2/ln 2
inline constexpr Wide kWideTwoLog2OfE{{0xb8aa3b295c17f0bb, 0xbe87fed0691d3e89}, 1, false};
/// √2
inline constexpr Wide kWideRootOf2{{0xb504f333f9de6484, 0x597d89b3754abe9f}, 0, false};

/// (-1)^k / (2k+1)!: sin x = x × P(x²)
inline constexpr Wide kSine[] = {
    {{0x8000000000000000, 0x0000000000000000}, 0, false},
    {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaab}, -3, true},
    {{0x8888888888888888, 0x8888888888888889}, -7, false},
    {{0xd00d00d00d00d00d, 0x00d00d00d00d00d0}, -13, true},
    {{0xb8ef1d2ab6399c7d, 0x560e4472800b8ef2}, -19, false},
    {{0xd7322b3faa271c7f, 0x3a3f25c1bee38f10}, -26, true},
    {{0xb092309d43684be5, 0x1c198e91d7b4269e}, -33, false},
    {{0xd73f9f399dc0f88e, 0xc32b58774657f48f}, -41, true},
    {{0xca963b81856a5359, 0x3028cbbb8d7ff53c}, -49, false},
    {{0x97a4da340a0ab926, 0x50f61dbdcb3a5abf}, -57, true},
    {{0xb8dc77b6e7ab8c5f, 0x78a37e77372290c2}, -66, false},
    {{0xbb0da098b1c0cecb, 0xdc3826ebfb13cc27}, -75, true},
    {{0x9f9e66e8b2fd46a7, 0x22520cbbb7885c4a}, -84, false},
    {{0xe8d58e16e6751905, 0x4d0c78aea13b9a50}, -94, true},
    {{0x92cfcc5a1ac56bd5, 0xf1873bb378948eb3}, -103, false},
};

/// (-1)^k / (2k)!: cos x = P(x²)
inline constexpr Wide kCosine[] = {
    {{0x8000000000000000, 0x0000000000000000}, 0, false},
    {{0x8000000000000000, 0x0000000000000000}, -1, true},
    {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaab}, -5, false},
    {{0xb60b60b60b60b60b, 0x60b60b60b60b60b6}, -10, true},
    {{0xd00d00d00d00d00d, 0x00d00d00d00d00d0}, -16, false},
    {{0x93f27dbbc4fae397, 0x780b69f5333c725b}, -22, true},
    {{0x8f76c77fc6c4bdaa, 0x26d4c3d67f425f60}, -29, false},
    {{0xc9cba54603e4e905, 0xd6f8a2efd1f27546}, -37, true},
    {{0xd73f9f399dc0f88e, 0xc32b58774657f48f}, -45, false},
    {{0xb413c31dcbecbbdd, 0x8024435161554bc3}, -53, true},
    {{0xf2a15d201011283d, 0x4e5695fc785d5dff}, -62, false},
    {{0x8671cb6dbfc294a2, 0x86485bf99c763abc}, -70, true},
    {{0xf96780cb97abbe65, 0x25a033e54ec51034}, -80, false},
    {{0xc4742fe35272cd1c, 0x790285d3580a4a34}, -89, true},
    {{0x850c5131a842e9b9, 0xe2e28e1aa546a152}, -98, false},
    {{0x9c9962823eb07306, 0x56f6a614c4e2ba59}, -108, true},
};

/// 1 / (k+1)!: e^x − 1 = x × P(x)
inline constexpr Wide kExponential[] = {
    {{0x8000000000000000, 0x0000000000000000}, 0, false},
    {{0x8000000000000000, 0x0000000000000000}, -1, false},
    {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaab}, -3, false},
    {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaab}, -5, false},
    {{0x8888888888888888, 0x8888888888888889}, -7, false},
    {{0xb60b60b60b60b60b, 0x60b60b60b60b60b6}, -10, false},
    {{0xd00d00d00d00d00d, 0x00d00d00d00d00d0}, -13, false},
    {{0xd00d00d00d00d00d, 0x00d00d00d00d00d0}, -16, false},
    {{0xb8ef1d2ab6399c7d, 0x560e4472800b8ef2}, -19, false},
    {{0x93f27dbbc4fae397, 0x780b69f5333c725b}, -22, false},
    {{0xd7322b3faa271c7f, 0x3a3f25c1bee38f10}, -26, false},
    {{0x8f76c77fc6c4bdaa, 0x26d4c3d67f425f60}, -29, false},
    {{0xb092309d43684be5, 0x1c198e91d7b4269e}, -33, false},
    {{0xc9cba54603e4e905, 0xd6f8a2efd1f27546}, -37, false},
    {{0xd73f9f399dc0f88e, 0xc32b58774657f48f}, -41, false},
    {{0xd73f9f399dc0f88e, 0xc32b58774657f48f}, -45, false},
    {{0xca963b81856a5359, 0x3028cbbb8d7ff53c}, -49, false},
    {{0xb413c31dcbecbbdd, 0x8024435161554bc3}, -53, false},
    {{0x97a4da340a0ab926, 0x50f61dbdcb3a5abf}, -57, false},
    {{0xf2a15d201011283d, 0x4e5695fc785d5dff}, -62, false},
    {{0xb8dc77b6e7ab8c5f, 0x78a37e77372290c2}, -66, false},
    {{0x8671cb6dbfc294a2, 0x86485bf99c763abc}, -70, false},
    {{0xbb0da098b1c0cecb, 0xdc3826ebfb13cc27}, -75, false},
    {{0xf96780cb97abbe65, 0x25a033e54ec51034}, -80, false},
    {{0x9f9e66e8b2fd46a7, 0x22520cbbb7885c4a}, -84, false},
    {{0xc4742fe35272cd1c, 0x790285d3580a4a34}, -89, false},
    {{0xe8d58e16e6751905, 0x4d0c78aea13b9a50}, -94, false},
    {{0x850c5131a842e9b9, 0xe2e28e1aa546a152}, -98, false},
    {{0x92cfcc5a1ac56bd5, 0xf1873bb378948eb3}, -103, false},
    {{0x9c9962823eb07306, 0x56f6a614c4e2ba59}, -108, false},
};

/// 1 / (2k+1): artanh x = x × P(x²), arctan x = x × P(−x²)
inline constexpr Wide kReciprocalOdd[] = {
    {{0x8000000000000000, 0x0000000000000000}, 0, false},
    {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaab}, -2, false},
    {{0xcccccccccccccccc, 0xcccccccccccccccd}, -3, false},
    {{0x9249249249249249, 0x2492492492492492}, -3, false},
    {{0xe38e38e38e38e38e, 0x38e38e38e38e38e4}, -4, false},
    {{0xba2e8ba2e8ba2e8b, 0xa2e8ba2e8ba2e8ba}, -4, false},
    {{0x9d89d89d89d89d89, 0xd89d89d89d89d89e}, -4, false},
    {{0x8888888888888888, 0x8888888888888889}, -4, false},
    {{0xf0f0f0f0f0f0f0f0, 0xf0f0f0f0f0f0f0f1}, -5, false},
    {{0xd79435e50d79435e, 0x50d79435e50d7943}, -5, false},
    {{0xc30c30c30c30c30c, 0x30c30c30c30c30c3}, -5, false},
    {{0xb21642c8590b2164, 0x2c8590b21642c859}, -5, false},
    {{0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4}, -5, false},
    {{0x97b425ed097b425e, 0xd097b425ed097b42}, -5, false},
    {{0x8d3dcb08d3dcb08d, 0x3dcb08d3dcb08d3e}, -5, false},
    {{0x8421084210842108, 0x4210842108421084}, -5, false},
    {{0xf83e0f83e0f83e0f, 0x83e0f83e0f83e0f8}, -6, false},
    {{0xea0ea0ea0ea0ea0e, 0xa0ea0ea0ea0ea0ea}, -6, false},
    {{0xdd67c8a60dd67c8a, 0x60dd67c8a60dd67d}, -6, false},
    {{0xd20d20d20d20d20d, 0x20d20d20d20d20d2}, -6, false},
    {{0xc7ce0c7ce0c7ce0c, 0x7ce0c7ce0c7ce0c8}, -6, false},
    {{0xbe82fa0be82fa0be, 0x82fa0be82fa0be83}, -6, false},
    {{0xb60b60b60b60b60b, 0x60b60b60b60b60b6}, -6, false},
    {{0xae4c415c9882b931, 0x0572620ae4c415ca}, -6, false},
};

/// arctan(k/16)
inline constexpr Wide kArcTangent[] = {
    {},
    {{0xffaaddb967ef4e36, 0xcb2792dc0e2e0d51}, -5, false},
    {{0xfeadd4d5617b6e32, 0xc897989f3e888ef8}, -4, false},
    {{0xbdcbda5e72d81134, 0x7b0b4f881c9c7488}, -3, false},
    {{0xfadbafc96406eb15, 0x6dc79ef5f7a217e6}, -3, false},
    {{0x9b13b9b83f5e5e69, 0xc5abb498d27af328}, -2, false},
    {{0xb7b0ca0f26f78473, 0x8aa32122dcfe4483}, -2, false},
    {{0xd327761e611fe5b6, 0x427c95e9001e7136}, -2, false},
    {{0xed63382b0dda7b45, 0x6fe445ecbc3a8d03}, -2, false},
    {{0x832bf4a6d9867e2a, 0x4b6a09cb61a515c1}, -1, false},
    {{0x8f005d5ef7f59f9b, 0x5c835e1665c43748}, -1, false},
    {{0x9a2f80e671bdda20, 0x4226f8e2204ff3bd}, -1, false},
    {{0xa4bc7d1934f70924, 0x19a87f2a457dac9f}, -1, false},
    {{0xaeac4c38b4d8c080, 0x14725e2f3e52070a}, -1, false},
    {{0xb8053e2bc2319e73, 0xcb2da55210a4443d}, -1, false},
    {{0xc0ce85b8ac526640, 0x89dd62c46e92fa25}, -1, false},
    {{0xc90fdaa22168c234, 0xc4c6628b80dc1cd1}, -1, false},
};

}  // namespace elfin::cpu::float80
