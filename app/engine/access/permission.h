#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a token may do, and what a route asks for. No state, no I/O.
namespace stepwell::engine::access {

/// `account` is the tokens themselves and the audit log.
enum class Product : std::uint8_t { workflows, workers, pages, analytics, account };
inline constexpr std::array allProducts = {Product::workflows, Product::workers, Product::pages,
                                           Product::analytics, Product::account};

/// Each includes the ones before it.
enum class Level : std::uint8_t { none, read, edit };

std::string_view toString(Product product);  ///< "workflows"
std::string_view toString(Level level);      ///< "edit"
std::optional<Product> productOf(std::string_view name);
/// Of "read" and "edit" only: a level of nothing is not granted.
std::optional<Level> levelOf(std::string_view name);

class Permissions {
  public:
    static Permissions all();
    Level of(Product product) const { return m_levels[static_cast<std::size_t>(product)]; }
    void grant(Product product, Level level) { m_levels[static_cast<std::size_t>(product)] = level; }
    bool empty() const { return *this == Permissions(); }
    /// Whether everything that `others` grant is granted here as well.
    bool include(const Permissions& others) const;
    friend bool operator==(const Permissions&, const Permissions&) = default;

  private:
    std::array<Level, allProducts.size()> m_levels{};
};

/// What somebody must be, or be permitted, to be let through a route. There is no default: whoever adds a
/// route says it.
class Need {
  public:
    enum class Who : std::uint8_t {
        anyone,      ///< no token is asked for
        knownToken,  ///< also one that has expired or was revoked: it may ask what became of it
        anyToken,
        permitted  ///< a token with `level` for `product`
    };
    constexpr explicit Need(Who who)
        : m_who(who) {}
    constexpr Need(Product product, Level level)
        : m_product(product)
        , m_level(level) {}

    constexpr Who who() const { return m_who; }
    constexpr Product product() const { return m_product; }
    constexpr Level level() const { return m_level; }
    bool metBy(const Permissions& permissions) const {
        return m_who != Who::permitted || permissions.of(m_product) >= m_level;
    }
    /// "Workflows: edit", for people.
    std::string name() const;

  private:
    Who m_who = Who::permitted;
    Product m_product = Product::workflows;
    Level m_level = Level::none;
};

namespace need {
inline constexpr Need anyone{Need::Who::anyone};
inline constexpr Need knownToken{Need::Who::knownToken};
inline constexpr Need anyToken{Need::Who::anyToken};
inline constexpr Need readWorkflows{Product::workflows, Level::read};
inline constexpr Need editWorkflows{Product::workflows, Level::edit};
inline constexpr Need readWorkers{Product::workers, Level::read};
inline constexpr Need editWorkers{Product::workers, Level::edit};
inline constexpr Need readPages{Product::pages, Level::read};
inline constexpr Need editPages{Product::pages, Level::edit};
inline constexpr Need readAnalytics{Product::analytics, Level::read};
inline constexpr Need readAccount{Product::account, Level::read};
inline constexpr Need editAccount{Product::account, Level::edit};
}  // namespace need

}  // namespace stepwell::engine::access
