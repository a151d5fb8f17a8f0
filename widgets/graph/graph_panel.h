#pragma once

#include "models/api/error.h"
#include "models/backend.h"
#include "widgets/graph/graph_view.h"

#include <QStackedWidget>

namespace stepwell {

class Chip;
class ElidedLabel;
class EmptyState;

/// The step graph of one version: loaded when it is asked for, or the reason why there is none. GUI thread.
class GraphPanel : public QStackedWidget {
    Q_OBJECT
  public:
    explicit GraphPanel(Backend& backend, QWidget* parent = nullptr);

    /// Loads and shows; the same version again is loaded again only when it failed.
    void show(const std::string& workflow, const std::string& versionId);
    void reload();
    /// Of the version that is shown; kept while the graph loads. Has to outlive the panel or the next call.
    void setRun(const api::InstanceDetail* detail);

    /// The diagram gets the focus, now or once it is there.
    void focusMain();

    enum class Shown { nothing, loading, graph, none, failed };
    Shown shown() const { return m_shown; }
    GraphView& view() { return *m_view; }
    EmptyState& empty() { return *m_empty; }

  signals:
    void shownChanged();

  private:
    void take(api::Result<api::VersionGraph> answer);
    void set(Shown shown);

    Backend& m_backend;
    std::string m_workflow;
    std::string m_version;
    int m_generation = 0;
    const api::InstanceDetail* m_run = nullptr;
    Shown m_shown = Shown::nothing;
    bool m_isFocusWanted = false;
    QWidget* m_loading;
    EmptyState* m_empty;
    GraphView* m_view;
};

/// Title, summary and zoom of a graph.
class GraphHeader : public QWidget {
    Q_OBJECT
  public:
    enum class Title { shown, none };
    GraphHeader(GraphPanel& panel, Title title, QWidget* parent = nullptr);
    QString summary() const;

  private:
    void update();

    GraphPanel& m_panel;
    ElidedLabel* m_summary;
    Chip* m_functions;
    Chip* m_scale;
    std::vector<Chip*> m_chips;
};

}  // namespace stepwell
