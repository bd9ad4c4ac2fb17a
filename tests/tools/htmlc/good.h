#include "base/base.h"
struct thing { i64 id; str name; f64 level; };
struct thing_list { struct thing *row; isize count; };
