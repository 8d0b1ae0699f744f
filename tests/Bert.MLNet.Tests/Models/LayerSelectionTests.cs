using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Models;

public sealed partial class LayerSelectionTests
{
    private static readonly HeadKind[] s_heads = [HeadKind.MaskedLM, HeadKind.SequenceClassification];

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Kept_layers_equal_a_checkpoint_that_is_written_with_them(string family)
    {
        int[] layers = [0, 3];
        foreach (HeadKind head in s_heads)
        {
            TinyCheckpoint source = EveryFamily.Checkpoint(family, head) with { Layers = 4 };
            BertModel expected = WithLayers(source, layers), kept = source.Load().WithLayers(layers);
            Assert.Equal(2, kept.Config.NumHiddenLayers);
            AssertSame(expected, kept);

            using var folder = new TemporaryFolder();
            kept.SavePretrained(folder.Path);
            AssertSame(expected, BertModel.FromPretrained(folder.Path));
        }
    }

    [Theory]
    [InlineData(new[] { 0, 2, 4 }, 1), InlineData(new[] { 0, 1, 4, 5 }, 2), InlineData(new[] { 0, 1, 3 }, 3), InlineData(new[] { 0 }, 2)]
    public void Layers_that_attend_to_all_tokens_stay_those_that_do(int[] layers, int distance)
    {
        BertModel model = (EveryFamily.Checkpoint("modernbert") with { Layers = 6 }).Load();
        BertConfig before = model.Config, after = model.WithLayers(layers).Config;
        Assert.Equal(distance, after.GlobalAttnEveryNLayers);
        Assert.Equal(layers.Select(before.Shape.Window), Enumerable.Range(0, layers.Length).Select(after.Shape.Window));
        Assert.Equal(distance, (int)JsonNode.Parse(after.ToJson())!["global_attn_every_n_layers"]!);
    }

    [Theory]
    [InlineData("modernbert", new[] { 1, 2 }), InlineData("modernbert", new[] { 0, 2, 3 })]
    [InlineData("albert-groups", new[] { 0, 2, 3 })]
    public void Layers_that_no_config_describes_are_refused(string family, int[] layers)
    {
        BertModel model = (EveryFamily.Checkpoint(family) with { Layers = 4 }).Load();
        string message = Assert.Throws<NotSupportedException>(() => model.WithLayers(layers)).Message;
        Assert.Contains($"cannot keep only the layers {string.Join(", ", layers)}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_that_lose_their_layers_are_left_out()
    {
        BertModel model = (EveryFamily.Checkpoint("albert-groups") with { Layers = 4 }).Load().WithLayers(2, 3);
        Assert.Equal((2, 1), (model.Config.NumHiddenLayers, model.Config.NumHiddenGroups));
        Assert.DoesNotContain(model.Weights!.Names, name => CanonicalNames.LayerOf(name) > 0);
    }

    [Fact]
    public void Layers_that_do_not_exist_or_are_out_of_order_are_named()
    {
        BertModel model = new TinyCheckpoint { Layers = 3 }.Load();
        Assert.Contains("Layer 3 does not exist", Assert.Throws<ArgumentOutOfRangeException>(() => model.WithLayers(0, 3)).Message,
            StringComparison.Ordinal);
        Assert.Contains("2, 1 are not in ascending order", Assert.Throws<ArgumentException>(() => model.WithLayers(2, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no layers", Assert.Throws<ArgumentException>(() => model.WithLayers()).Message, StringComparison.Ordinal);
        Assert.Contains("is int8", Assert.Throws<NotSupportedException>(() => model.Quantize().WithLayers(0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("static embeddings", Assert.Throws<NotSupportedException>(() =>
            model.ToStatic(new() { Dimension = null }).WithLayers(0)).Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a checkpoint with fewer layers by hand: a layer's tensors under the number of its place.</summary>
    private static BertModel WithLayers(TinyCheckpoint source, int[] layers)
    {
        using var folder = new TemporaryFolder();
        bool sharesAll = source.Architecture.StartsWith("Albert", StringComparison.Ordinal);
        int[] stored = source.ExtraConfig["num_hidden_groups"] is not null ? [0, 1] : sharesAll ? [0] : layers;
        (source with { Layers = layers.Length }).Write(folder.Path);
        BertTensor[] tensors =
        [
            .. from tensor in source.Tensors()
               let number = Number().Match(tensor.Name)
               let layer = number.Success ? Array.IndexOf(stored, int.Parse(number.Value, CultureInfo.InvariantCulture)) : 0
               where layer >= 0
               select tensor.Rename(Number().Replace(tensor.Name, $"{layer}")),
        ];
        using (FileStream stream = File.Create(folder["model.safetensors"]))
            new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
        return BertModel.FromPretrained(folder.Path);
    }

    private static void AssertSame(BertModel expected, BertModel actual)
    {
        Assert.Equal(expected.Config, actual.Config);
        Assert.Equal(expected.Weights!.Names.Order(), actual.Weights!.Names.Order());
        Assert.All(expected.Weights.Names, name => Assert.Equal(
            expected.Weights[name].Bytes.ToArray(), actual.Weights[name].Bytes.ToArray()));
    }

    /// <summary>The number of a layer, or of the layers that share their weights.</summary>
    [GeneratedRegex(@"(?<=(^|\.)(layer|layers|albert_layer_groups)\.)\d+(?=\.)")]
    private static partial Regex Number();
}
