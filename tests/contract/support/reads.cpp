#include "tests/contract/support/reads.h"

namespace stepwell::test {

namespace {

QString text(const std::string& from) {
    return QString::fromStdString(from);
}

/// "3: a b c", with at most the first and the last few names.
template <class T, class Name>
QString listed(const std::vector<T>& rows, Name name) {
    QString result = QString::number(rows.size()) + ':';
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (i < 3 || i + 3 > rows.size()) result += ' ' + text(name(rows[i]));
    return result;
}

template <class T, class Show>
Done<T> into(const Taken& taken, Show show) {
    return [taken, show](api::Result<T> answer) {
        if (answer)
            taken({{}, show(*answer)});
        else
            taken({answer.error(), {}});
    };
}

void addWorkflowReads(std::vector<Read>& reads) {
    reads.push_back({"workflows", [](Backend& b, QObject* c, Taken t) {
                         b.workflows(c, into<std::vector<api::Workflow>>(t, [](const auto& rows) {
                                         return listed(rows, [](auto& row) { return row.name; });
                                     }));
                     }});
    reads.push_back({"workflow", [](Backend& b, QObject* c, Taken t) {
                         b.workflow("orders", c, into<api::Workflow>(t, [](const auto& flow) {
                                        return text(flow.name) + ' ' + text(flow.scriptName) +
                                               QString::number(flow.counts.size());
                                    }));
                     }});
    reads.push_back({"versions", [](Backend& b, QObject* c, Taken t) {
                         b.versions("orders", c, into<std::vector<api::Version>>(t, [](const auto& rows) {
                                        return listed(rows, [](auto& row) { return row.id; });
                                    }));
                     }});
    reads.push_back({"instances", [](Backend& b, QObject* c, Taken t) {
                         b.instances({.workflow = "orders", .status = {}, .from = {}, .to = {}}, c,
                                     into<InstanceList>(t, [](const auto& list) {
                                         return listed(list.rows, [](auto& row) { return row.id; }) + " of " +
                                                QString::number(list.total);
                                     }));
                     }});
    reads.push_back({"instances by key", [](Backend& b, QObject* c, Taken t) {
                         InstanceListQuery query{.workflow = "orders", .status = {}, .from = {}, .to = {}};
                         query.cursor = std::string();
                         b.instances(query, c, into<InstanceList>(t, [](const auto& list) {
                                         return listed(list.rows, [](auto& row) { return row.id; }) + ' ' +
                                                (list.cursor.empty() ? "end" : "more");
                                     }));
                     }});
    reads.push_back({"instance", [](Backend& b, QObject* c, Taken t) {
                         b.instance("orders", "run-0003", {}, c,
                                    into<api::InstanceDetail>(t, [](const auto& d) {
                                        return text(d.params) + ' ' + text(std::string(toString(d.status))) +
                                               ' ' + listed(d.steps, [](auto& step) { return step.name; });
                                    }));
                     }});
    reads.push_back({"step output", [](Backend& b, QObject* c, Taken t) {
                         b.stepOutput("orders", "run-0003", "reserve-1", api::StepKind::step, c,
                                      into<std::string>(t, [](const auto& output) { return text(output); }));
                     }});
    reads.push_back({"retention", [](Backend& b, QObject* c, Taken t) {
                         b.accountRetention(
                             c, into<api::Retention>(t, [](const auto& retention) {
                                 return QString::number(
                                     retention.success.value_or(api::Milliseconds{-1}).count());
                             }));
                     }});
}

void addWorkerReads(std::vector<Read>& reads) {
    reads.push_back({"workers", [](Backend& b, QObject* c, Taken t) {
                         b.workers(c, into<std::vector<api::Worker>>(t, [](const auto& rows) {
                                       return listed(rows, [](auto& row) { return row.name; });
                                   }));
                     }});
    reads.push_back({"bindings", [](Backend& b, QObject* c, Taken t) {
                         b.workerBindings("orders-worker", c,
                                          into<std::vector<api::Binding>>(t, [](const auto& rows) {
                                              return listed(rows, [](auto& row) { return row.type; });
                                          }));
                     }});
    reads.push_back({"worker versions", [](Backend& b, QObject* c, Taken t) {
                         b.workerVersions("orders-worker", c,
                                          into<std::vector<api::WorkerVersion>>(t, [](const auto& rows) {
                                              return listed(rows, [](auto& row) { return row.id; });
                                          }));
                     }});
    reads.push_back({"worker deployments", [](Backend& b, QObject* c, Taken t) {
                         b.workerDeployments(
                             "orders-worker", c,
                             into<std::vector<api::WorkerDeployment>>(t, [](const auto& rows) {
                                 return listed(rows, [](auto& row) { return row.id; });
                             }));
                     }});
    reads.push_back({"crons", [](Backend& b, QObject* c, Taken t) {
                         b.workerCrons("orders-worker", c,
                                       into<std::vector<api::Schedule>>(t, [](const auto& rows) {
                                           return listed(rows, [](auto& row) { return row.cron; });
                                       }));
                     }});
    reads.push_back({"secrets", [](Backend& b, QObject* c, Taken t) {
                         b.secretNames("orders-worker", c,
                                       into<std::vector<std::string>>(t, [](const auto& rows) {
                                           return listed(rows, [](auto& row) { return row; });
                                       }));
                     }});
}

void addSiteReads(std::vector<Read>& reads) {
    reads.push_back({"projects", [](Backend& b, QObject* c, Taken t) {
                         b.siteProjects(c, into<std::vector<api::SiteProject>>(t, [](const auto& rows) {
                                            return listed(rows, [](auto& row) { return row.name; });
                                        }));
                     }});
    reads.push_back({"project", [](Backend& b, QObject* c, Taken t) {
                         b.siteProject("shop", c, into<api::SiteProject>(t, [](const auto& project) {
                                           return text(project.name) + ' ' + text(project.url);
                                       }));
                     }});
    reads.push_back({"deployments", [](Backend& b, QObject* c, Taken t) {
                         api::SiteDeploymentQuery query;
                         query.project = "shop";
                         b.siteDeployments(query, c, into<api::SiteDeploymentList>(t, [](const auto& list) {
                                               return listed(list.rows, [](auto& row) { return row.id; }) +
                                                      " of " + QString::number(list.total);
                                           }));
                     }});
    reads.push_back({"domains", [](Backend& b, QObject* c, Taken t) {
                         b.siteDomains("shop", c, into<std::vector<api::SiteDomain>>(t, [](const auto& rows) {
                                           return listed(rows, [](auto& row) { return row.name; });
                                       }));
                     }});
    reads.push_back(
        {"graphql", [](Backend& b, QObject* c, Taken t) {
             b.graphql({"{ viewer { accounts { rows: workflowsAdaptiveGroups(limit: 1) { count } } } }"}, c,
                       into<api::GraphqlAnswer>(t, [](const auto& answer) {
                           return text(answer.json) + QString::number(answer.errors.size());
                       }));
         }});
}

}  // namespace

std::vector<Read> allReads() {
    std::vector<Read> reads;
    addWorkflowReads(reads);
    addWorkerReads(reads);
    addSiteReads(reads);
    return reads;
}

}  // namespace stepwell::test
