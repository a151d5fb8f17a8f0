#pragma once

#include "models/api/time.h"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

/// How much one token, and one address, may ask. One thread.
namespace stepwell::engine::access {

using Seconds = std::chrono::seconds;

/// Something for each of the keys that were used last, at most `most` of them.
template <class Value>
class RecentlyUsed {
  public:
    explicit RecentlyUsed(std::size_t most)
        : m_most(most) {}

    /// Made when there is none; then the one that was not used for the longest time may go.
    Value& at(const std::string& key) {
        if (Value* found = find(key)) return *found;
        m_order.emplace_front(key, Value{});
        m_places.emplace(key, m_order.begin());
        if (m_order.size() > m_most) {
            m_places.erase(m_order.back().first);
            m_order.pop_back();
        }
        return m_order.front().second;
    }
    Value* find(const std::string& key) {
        const auto place = m_places.find(key);
        if (place == m_places.end()) return nullptr;
        m_order.splice(m_order.begin(), m_order, place->second);
        return &place->second->second;
    }
    void erase(const std::string& key) {
        const auto place = m_places.find(key);
        if (place == m_places.end()) return;
        m_order.erase(place->second);
        m_places.erase(place);
    }
    std::size_t size() const { return m_order.size(); }

  private:
    using Order = std::list<std::pair<std::string, Value>>;
    std::size_t m_most;
    Order m_order;  ///< the one used last in front
    std::unordered_map<std::string, typename Order::iterator> m_places;
};

/// Counts requests of a key within windows of five minutes; the window of a key begins with its first
/// request.
class RateLimiter {
  public:
    static constexpr std::chrono::minutes window{5};
    /// `allowed` requests in a window; 0: any number.
    RateLimiter(std::int64_t allowed, std::size_t mostKeys)
        : m_allowed(allowed)
        , m_counts(mostKeys) {}

    /// Counts a request: nothing when it is within the limit, else how long the key has to wait, at least 1
    /// s.
    std::optional<Seconds> count(const std::string& key, api::Time now);

  private:
    struct Count {
        api::Time began{};
        std::int64_t requests = 0;
    };
    std::int64_t m_allowed;
    RecentlyUsed<Count> m_counts;
};

/// Slows down who tries credentials. After `free` wrong ones every further one doubles the time for which
/// nothing is taken from the address: 1 s, 2 s, 4 s up to five minutes. Fifteen minutes without a wrong one
/// make everything forgotten.
class Brake {
  public:
    static constexpr int free = 10;
    static constexpr Seconds longest{300};
    static constexpr std::chrono::minutes forgottenAfter{15};
    explicit Brake(std::size_t mostAddresses)
        : m_tries(mostAddresses) {}

    /// How long the address has to wait; nothing when it need not.
    std::optional<Seconds> waits(const std::string& address, api::Time now);
    /// Notes a wrong credential; whether that was the one that put on the brake.
    bool failed(const std::string& address, api::Time now);

  private:
    struct Tries {
        int wrong = 0;
        api::Time last{};
        api::Time until{};
    };
    RecentlyUsed<Tries> m_tries;
};

}  // namespace stepwell::engine::access
