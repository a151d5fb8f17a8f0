#pragma once

#include "widgets/between/peers.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace stepwell {

struct InstanceList;

/// An instance on one of the open backends.
struct InstanceName {
    QPointer<Backend> backend;
    QString workflow;
    QString id;  ///< empty: none is chosen yet
};

/// Chooses an instance: backend, workflow, id. Lists the workflows of the backend and the newest 100
/// instances of the workflow; any id can be typed. GUI thread.
class InstanceChoice : public QWidget {
    Q_OBJECT
  public:
    explicit InstanceChoice(Peers peers, QWidget* parent = nullptr);

    /// Proposes it; lists are asked for what belongs to it.
    void setName(const InstanceName& name);
    InstanceName name() const;
    /// Not proposed in the list: the one that it is compared with.
    void leaveOut(const InstanceName& name) { leftOut_ = name; }

    QComboBox& backends() { return *backends_; }
    QComboBox& workflows() { return *workflows_; }
    QComboBox& instances() { return *instances_; }

  signals:
    /// A whole name was chosen or typed.
    void chosen();

  private:
    Backend* backend() const;
    void listWorkflows(const QString& wanted);
    void listInstances(const QString& wanted);
    void showCut(const InstanceList& list);

    Peers peers_;
    std::vector<Peer> listed_;
    InstanceName leftOut_;
    QComboBox* backends_;
    QComboBox* workflows_;
    QComboBox* instances_;
    QLabel* cut_;  ///< of lists that are longer than what is listed
    QString workflowsCut_;
    QLabel* problem_;
    int generation_ = 0;
};

}  // namespace stepwell
