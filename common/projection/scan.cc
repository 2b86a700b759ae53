#include "common/projection/scan.h"

#include <algorithm>
#include <cstring>

#include "common/status/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define RELANCE_SCAN_X86 1
#endif

namespace relance::projection {
namespace {

// Thresholds of one pass over a block: their sums and counts stay in registers. Five are the usual ageing.
constexpr int kGroup = 5;

// What one pass over one block found; a block's 64-bit sums cannot overflow (kFastAmountMax).
struct BlockResult {
  int64_t debit[kGroup] = {0};
  int64_t items[kGroup] = {0};
  int64_t all_debit = 0;
  int64_t all = 0;  // debits and credits
  int64_t debit_items = 0;
  int64_t credit_items = 0;
};

using BlockKernel = void (*)(const int32_t* due, const int64_t* open, int rows, const int32_t* thresholds,
                             BlockResult* result);

template <int K>
void PlainRows(const int32_t* due, const int64_t* open, int rows, const int32_t* thresholds,
               BlockResult* result) {
  for (int i = 0; i < rows; ++i) {
    const int64_t amount = open[i];
    const int64_t positive = amount > 0 ? amount : 0;
    result->all_debit += positive;
    result->all += amount;
    result->debit_items += amount > 0;
    result->credit_items += amount < 0;
    for (int k = 0; k < K; ++k) {
      const bool before = due[i] < thresholds[k];
      result->debit[k] += before ? positive : 0;
      result->items[k] += before && amount > 0;
    }
  }
}

#ifdef RELANCE_SCAN_X86

// The masks of both comparisons drive masked additions: about two instructions a row and no branch.
template <int K>
__attribute__((target("avx512f"))) void Avx512Rows(const int32_t* due, const int64_t* open, int rows,
                                                   const int32_t* thresholds, BlockResult* result) {
  const __m512i zero = _mm512_setzero_si512();
  const __m512i one = _mm512_set1_epi32(1);
  __m512i debit[K], items[K], limit[K];
  for (int k = 0; k < K; ++k) {
    debit[k] = zero;
    items[k] = zero;
    limit[k] = _mm512_set1_epi32(thresholds[k]);
  }
  __m512i all_debit = zero, all = zero, debit_items = zero, credit_items = zero;
  int i = 0;
  for (; i + 16 <= rows; i += 16) {
    const __m512i days = _mm512_loadu_si512(due + i);
    const __m512i low = _mm512_loadu_si512(open + i);
    const __m512i high = _mm512_loadu_si512(open + i + 8);
    const __mmask8 low_debit = _mm512_cmpgt_epi64_mask(low, zero);
    const __mmask8 high_debit = _mm512_cmpgt_epi64_mask(high, zero);
    const __mmask16 is_debit = static_cast<__mmask16>(low_debit | (high_debit << 8));
    const __mmask16 is_credit = static_cast<__mmask16>(_mm512_cmplt_epi64_mask(low, zero) |
                                                       (_mm512_cmplt_epi64_mask(high, zero) << 8));
    all_debit = _mm512_mask_add_epi64(all_debit, low_debit, all_debit, low);
    all_debit = _mm512_mask_add_epi64(all_debit, high_debit, all_debit, high);
    all = _mm512_add_epi64(_mm512_add_epi64(all, low), high);
    debit_items = _mm512_mask_add_epi32(debit_items, is_debit, debit_items, one);
    credit_items = _mm512_mask_add_epi32(credit_items, is_credit, credit_items, one);
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) {
      const __mmask16 before = _mm512_mask_cmplt_epi32_mask(is_debit, days, limit[k]);
      debit[k] = _mm512_mask_add_epi64(debit[k], static_cast<__mmask8>(before), debit[k], low);
      debit[k] = _mm512_mask_add_epi64(debit[k], static_cast<__mmask8>(before >> 8), debit[k], high);
      items[k] = _mm512_mask_add_epi32(items[k], before, items[k], one);
    }
  }
  // Not _mm512_reduce_add: gcc 12 warns of its own header.
  const auto sum64 = [](const __m512i& v) {
    int64_t lanes[8];
    std::memcpy(lanes, &v, sizeof(lanes));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + lanes[4] + lanes[5] + lanes[6] + lanes[7];
  };
  const auto sum32 = [](const __m512i& v) {
    int32_t lanes[16];
    std::memcpy(lanes, &v, sizeof(lanes));
    int64_t sum = 0;
    for (const int32_t lane : lanes) sum += lane;
    return sum;
  };
  for (int k = 0; k < K; ++k) {
    result->debit[k] += sum64(debit[k]);
    result->items[k] += sum32(items[k]);
  }
  result->all_debit += sum64(all_debit);
  result->all += sum64(all);
  result->debit_items += sum32(debit_items);
  result->credit_items += sum32(credit_items);
  PlainRows<K>(due + i, open + i, rows - i, thresholds, result);
}

template <int K>
__attribute__((target("avx2"))) void Avx2Rows(const int32_t* due, const int64_t* open, int rows,
                                              const int32_t* thresholds, BlockResult* result) {
  const __m256i zero = _mm256_setzero_si256();
  // Later than every threshold: what is no debit is never due.
  const __m256i never = _mm256_set1_epi64x(INT32_MAX);
  __m256i debit[K], items[K], limit[K];
  for (int k = 0; k < K; ++k) {
    debit[k] = zero;
    items[k] = zero;
    limit[k] = _mm256_set1_epi64x(thresholds[k]);
  }
  __m256i all_debit = zero, all = zero, debit_items = zero, credit_items = zero;
  int i = 0;
  for (; i + 4 <= rows; i += 4) {
    const __m256i amount = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(open + i));
    const __m256i day = _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(due + i)));
    const __m256i is_debit = _mm256_cmpgt_epi64(amount, zero);
    const __m256i positive = _mm256_and_si256(amount, is_debit);
    const __m256i effective = _mm256_blendv_epi8(never, day, is_debit);
    all_debit = _mm256_add_epi64(all_debit, positive);
    all = _mm256_add_epi64(all, amount);
    debit_items = _mm256_sub_epi64(debit_items, is_debit);
    credit_items = _mm256_sub_epi64(credit_items, _mm256_cmpgt_epi64(zero, amount));
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) {
      const __m256i before = _mm256_cmpgt_epi64(limit[k], effective);
      debit[k] = _mm256_add_epi64(debit[k], _mm256_and_si256(positive, before));
      items[k] = _mm256_sub_epi64(items[k], before);
    }
  }
  const auto sum64 = [](const __m256i& v) {
    int64_t lanes[4];
    std::memcpy(lanes, &v, sizeof(lanes));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
  };
  for (int k = 0; k < K; ++k) {
    result->debit[k] += sum64(debit[k]);
    result->items[k] += sum64(items[k]);
  }
  result->all_debit += sum64(all_debit);
  result->all += sum64(all);
  result->debit_items += sum64(debit_items);
  result->credit_items += sum64(credit_items);
  PlainRows<K>(due + i, open + i, rows - i, thresholds, result);
}

#endif  // RELANCE_SCAN_X86

// A kernel for each number of thresholds in a group.
struct Kernels {
  BlockKernel by_count[kGroup + 1];
};

constexpr Kernels kPlain = {
    {PlainRows<0>, PlainRows<1>, PlainRows<2>, PlainRows<3>, PlainRows<4>, PlainRows<5>}};
#ifdef RELANCE_SCAN_X86
// Without thresholds the plain loop does as well.
constexpr Kernels kAvx2 = {{PlainRows<0>, Avx2Rows<1>, Avx2Rows<2>, Avx2Rows<3>, Avx2Rows<4>, Avx2Rows<5>}};
constexpr Kernels kAvx512 = {
    {PlainRows<0>, Avx512Rows<1>, Avx512Rows<2>, Avx512Rows<3>, Avx512Rows<4>, Avx512Rows<5>}};
#endif

const Kernels* KernelsNamed(const char* name) {
  if (std::strcmp(name, "plain") == 0) return &kPlain;
#ifdef RELANCE_SCAN_X86
  if (std::strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2")) return &kAvx2;
  if (std::strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f")) return &kAvx512;
#endif
  return nullptr;
}

const Kernels& BestKernels() {
  static const Kernels& best = [] {
    for (const char* name : {"avx512", "avx2"}) {
      if (const Kernels* found = KernelsNamed(name)) return *found;
    }
    return kPlain;
  }();
  return best;
}

ScanResult Scan(const Kernels& kernels, absl::Span<const int32_t> due_day,
                absl::Span<const int64_t> open_minor, absl::Span<const int32_t> thresholds) {
  RELANCE_CHECK(due_day.size() == open_minor.size());
  RELANCE_CHECK(thresholds.size() <= kThresholdsMax);
  const int count = static_cast<int>(thresholds.size());
  ScanResult result;
  result.debit_minor.assign(count, 0);
  result.debit_items.assign(count, 0);
  for (size_t begin = 0; begin < due_day.size(); begin += kBlockRows) {
    const int rows = static_cast<int>(std::min<size_t>(kBlockRows, due_day.size() - begin));
    // Further groups of thresholds find the block in the first-level cache.
    int first = 0;
    do {
      const int group = std::min(kGroup, count - first);
      BlockResult block;
      kernels.by_count[group](due_day.data() + begin, open_minor.data() + begin, rows,
                              thresholds.data() + first, &block);
      for (int k = 0; k < group; ++k) {
        result.debit_minor[first + k] += block.debit[k];
        result.debit_items[first + k] += block.items[k];
      }
      if (first == 0) {
        result.all_debit_minor += block.all_debit;
        result.all_credit_minor += block.all - block.all_debit;
        result.all_debit_items += block.debit_items;
        result.all_credit_items += block.credit_items;
      }
      first += kGroup;
    } while (first < count);
  }
  return result;
}

}  // namespace

ScanResult ScanDue(absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                   absl::Span<const int32_t> thresholds) {
  return Scan(BestKernels(), due_day, open_minor, thresholds);
}

bool ScanDueWith(const char* kernel, absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                 absl::Span<const int32_t> thresholds, ScanResult* result) {
  const Kernels* kernels = KernelsNamed(kernel);
  if (kernels == nullptr) return false;
  *result = Scan(*kernels, due_day, open_minor, thresholds);
  return true;
}

ScanResult ScanDueSlowly(absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                         absl::Span<const int32_t> thresholds) {
  RELANCE_CHECK(due_day.size() == open_minor.size());
  ScanResult result;
  result.debit_minor.assign(thresholds.size(), 0);
  result.debit_items.assign(thresholds.size(), 0);
  for (size_t i = 0; i < due_day.size(); ++i) {
    const int64_t amount = open_minor[i];
    if (amount < 0) {
      result.all_credit_minor += amount;
      ++result.all_credit_items;
    }
    if (amount <= 0) continue;
    result.all_debit_minor += amount;
    ++result.all_debit_items;
    for (size_t k = 0; k < thresholds.size(); ++k) {
      if (due_day[i] >= thresholds[k]) continue;
      result.debit_minor[k] += amount;
      ++result.debit_items[k];
    }
  }
  return result;
}

}  // namespace relance::projection
