// fmt, in one place: text is made with fmt::format everywhere.
#pragma once

#include <fmt/core.h>
