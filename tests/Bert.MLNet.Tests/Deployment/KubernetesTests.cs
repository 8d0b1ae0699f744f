using System.CommandLine;
using Bert.MLNet.Cli;
using k8s;
using k8s.Models;

namespace Bert.MLNet.Tests.Deployment;

/// <summary>The manifests fit Kubernetes' schemas, and their containers run with what the tool accepts.</summary>
public sealed class KubernetesTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(Shared.Repository, "deploy", "kubernetes"), "*.yaml")
            .Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Manifests_have_the_fields_of_their_schemas_and_containers_without_privileges(string file)
    {
        List<object> manifests = Load(file);
        Assert.NotEmpty(manifests);
        foreach (V1PodSpec pod in manifests.Select(PodOf).OfType<V1PodSpec>())
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            V1Container container = Assert.Single(pod.Containers);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.NotNull(container.Resources.Requests["memory"]);
            Assert.Equal(pod.Volumes.Select(volume => volume.Name).Order(), container.VolumeMounts.Select(mount => mount.Name).Order());
        }
    }

    [Fact]
    public void An_unknown_field_is_an_error() => Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(
        File.ReadAllText(PathOf("embed-job.yaml")).Replace("backoffLimitPerIndex", "backoffLimitPerIndexes", StringComparison.Ordinal),
        strict: true));

    [Fact]
    public void The_job_has_an_index_for_each_part()
    {
        V1JobSpec job = ((V1Job)Assert.Single(Load("embed-job.yaml"))).Spec;
        Assert.Equal("Indexed", job.CompletionMode);
        Assert.True(job.BackoffLimitPerIndex > 0);
        IList<string> args = job.Template.Spec.Containers[0].Args;
        Assert.Equal($"{job.Completions}", args[args.IndexOf("--shards") + 1]);
        Assert.Equal("auto", args[args.IndexOf("--shard") + 1]);
        Assert.Contains("--resume", args);
    }

    [Theory]
    [InlineData("embed-job.yaml")]
    [InlineData("merge-job.yaml")]
    [InlineData("server.yaml")]
    public void The_tool_accepts_the_arguments(string file)
    {
        RootCommand root = Tool.Create(new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null));
        V1PodSpec pod = Assert.Single(Load(file).Select(PodOf).OfType<V1PodSpec>());
        Assert.Empty(root.Parse([.. pod.Containers[0].Args]).Errors);
    }

    [Fact]
    public void The_server_is_what_its_service_autoscaler_and_budget_select()
    {
        List<object> manifests = Load("server.yaml");
        V1Deployment server = Assert.Single(manifests.OfType<V1Deployment>());
        Assert.Equal(server.Spec.Template.Metadata.Labels, Assert.Single(manifests.OfType<V1Service>()).Spec.Selector);
        Assert.Equal(server.Spec.Template.Metadata.Labels,
            Assert.Single(manifests.OfType<V1PodDisruptionBudget>()).Spec.Selector.MatchLabels);
        V2HorizontalPodAutoscalerSpec scaling = Assert.Single(manifests.OfType<V2HorizontalPodAutoscaler>()).Spec;
        Assert.Equal((server.Metadata.Name, "Deployment"), (scaling.ScaleTargetRef.Name, scaling.ScaleTargetRef.Kind));
        Assert.NotNull(server.Spec.Template.Spec.Containers[0].Resources.Requests["cpu"]); // of which the autoscaler counts the use
        Assert.Null(server.Spec.Replicas); // which applying the manifest again would reset
    }

    private static V1PodSpec? PodOf(object manifest) => manifest switch
    {
        V1Job job => job.Spec.Template.Spec,
        V1Deployment deployment => deployment.Spec.Template.Spec,
        _ => null,
    };

    private static List<object> Load(string file) => KubernetesYaml.LoadAllFromString(File.ReadAllText(PathOf(file)), strict: true);

    private static string PathOf(string file) => Path.Combine(Shared.Repository, "deploy", "kubernetes", file);
}
