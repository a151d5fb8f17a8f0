#include "app/engine/runtime/egress_gate.h"

#include <algorithm>

namespace stepwell::engine {

EgressGate::Ticket::~Ticket() {
    m_lane->m_gate->leave(*this);
}

EgressGate::Lane::~Lane() {
    std::erase(m_gate->m_lanes, this);
}

std::shared_ptr<EgressGate::Lane> EgressGate::openLane() {
    auto lane = std::make_shared<Lane>(shared_from_this());
    m_lanes.push_back(lane.get());
    return lane;
}

std::unique_ptr<EgressGate::Ticket> EgressGate::Lane::enter(std::function<void()> go) {
    auto& gate = *m_gate;
    const bool room = gate.hasRoom(*this) && m_waiting.empty();
    const bool full = static_cast<int>(m_waiting.size()) >= gate.m_limits.waitingPerProcess ||
                      gate.m_waiting >= gate.m_limits.waitingTotal;
    if (!room && full) return nullptr;
    auto ticket = std::make_unique<Ticket>(shared_from_this(), std::move(go));
    if (room) {
        gate.admit(*ticket);
    } else {
        m_waiting.push_back(ticket.get());
        ++gate.m_waiting;
    }
    return ticket;
}

bool EgressGate::hasRoom(const Lane& lane) const {
    return m_active < m_limits.total && lane.m_active < m_limits.perProcess;
}

void EgressGate::admit(Ticket& ticket) {
    ticket.m_admitted = true;
    ++ticket.m_lane->m_active;
    ++m_active;
}

void EgressGate::leave(Ticket& ticket) {
    auto& lane = *ticket.m_lane;
    if (!ticket.m_admitted) {
        m_waiting -= static_cast<int>(std::erase(lane.m_waiting, &ticket));
        return;
    }
    --lane.m_active;
    --m_active;
    admitWaiting();
}

void EgressGate::admitWaiting() {
    const auto ready = std::find_if(m_lanes.begin(), m_lanes.end(), [this](const Lane* lane) {
        return !lane->m_waiting.empty() && hasRoom(*lane);
    });
    if (ready == m_lanes.end()) return;
    auto& lane = **ready;
    std::rotate(ready, ready + 1, m_lanes.end());  // its next turn comes after the others'
    auto& ticket = *lane.m_waiting.front();
    lane.m_waiting.pop_front();
    --m_waiting;
    admit(ticket);
    ticket.m_go();
}

}  // namespace stepwell::engine
