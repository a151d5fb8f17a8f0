#pragma once

#include "app/engine/runtime/runtime.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace stepwell::engine {

/// Lets so many requests of user code be on their way at once, of one process and altogether; the others wait
/// for their turn, oldest first within a process, and processes take turns. Used on one thread.
class EgressGate : public std::enable_shared_from_this<EgressGate> {
  public:
    class Lane;

    /// A place among the requests on their way, or in the queue for one; given back when destroyed.
    class Ticket {
      public:
        Ticket(std::shared_ptr<Lane> lane, std::function<void()> go)
            : m_lane(std::move(lane))
            , m_go(std::move(go)) {}
        ~Ticket();
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;
        bool admitted() const { return m_admitted; }

      private:
        friend class EgressGate;
        std::shared_ptr<Lane> m_lane;
        std::function<void()> m_go;
        bool m_admitted = false;
    };

    explicit EgressGate(EgressLimits limits)
        : m_limits(limits) {}

    /// For one process.
    std::shared_ptr<Lane> openLane();

  private:
    friend class Lane;
    bool hasRoom(const Lane& lane) const;
    void admit(Ticket& ticket);
    void admitWaiting();
    void leave(Ticket& ticket);

    const EgressLimits m_limits;
    std::vector<Lane*> m_lanes;  ///< those whose turn comes first stand first; a lane takes itself out
    int m_active = 0;
    int m_waiting = 0;
};

/// The requests of one process.
class EgressGate::Lane : public std::enable_shared_from_this<EgressGate::Lane> {
  public:
    explicit Lane(std::shared_ptr<EgressGate> gate)
        : m_gate(std::move(gate)) {}
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Asks for a place. Nothing when too many wait already. A ticket that is not admitted at once waits;
    /// `go` is called when its turn has come, from within whatever gave the place back: hand over and return.
    std::unique_ptr<Ticket> enter(std::function<void()> go);

  private:
    friend class EgressGate;
    friend class EgressGate::Ticket;
    std::shared_ptr<EgressGate> m_gate;
    std::deque<Ticket*> m_waiting;  ///< a ticket takes itself out
    int m_active = 0;
};

}  // namespace stepwell::engine
