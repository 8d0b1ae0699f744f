using Bert.MLNet.Encoders;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Models;

/// <summary>Checkpoints of every family as files: saved and opened again they are the same, in single precision and in int8.</summary>
public sealed class FamilyFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_family_is_in_the_table_of_families() => Assert.Equal(
        ModelFamilies.All.Select(family => family.ClassPrefix).Order(), EveryFamily.ClassPrefixes.Distinct().Order());

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_checkpoint_is_of_the_family_that_its_class_names(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family).Load();
        Assert.Equal(EveryFamily.ClassPrefix(family), model.Config.Family.ClassPrefix);
        Assert.Equal(model.Config.ModelType, model.Config.Family.ModelType);
    }

    [Theory, MemberData(nameof(EveryFamily.Heads), MemberType = typeof(EveryFamily))]
    public void A_checkpoint_that_is_saved_and_opened_again_has_the_same_files_and_hidden_states(string family, string head)
    {
        BertModel model = BertModel.FromPretrained(EveryFamily.Checkpoint(family, head).Write(_folder["source"]));
        BertModel again = Saved(model);
        Assert.Equal(File.ReadAllBytes(_folder["source", "model.safetensors"]), File.ReadAllBytes(_folder["saved", "model.safetensors"]));
        Assert.Equal(model.Config, again.Config with { Source = model.Config.Source });
        Assert.Equal(States(model), States(again));
        AssertSameFiles(again);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void An_int8_checkpoint_that_is_saved_and_opened_again_has_the_same_files_and_hidden_states(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.MaskedLM).Load().Quantize();
        BertModel again = Saved(model);
        Assert.True(again.IsQuantized);
        Assert.Equal(States(model), States(again));
        AssertSameFiles(again);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_graph_in_place_of_weights_gives_the_same_hidden_states(string family)
    {
        foreach (BertModel model in (BertModel[])[EveryFamily.Checkpoint(family).Load(), EveryFamily.Checkpoint(family).Load().Quantize()])
        {
            string folder = _folder[model.IsQuantized ? "int8" : "float"];
            model.SavePretrainedOnnx(folder);
            BertModel graph = BertModel.FromPretrained(folder);
            Assert.Equal(model.IsQuantized, graph.IsQuantized);
            Assert.All(States(model).Zip(States(graph)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    private BertModel Saved(BertModel model)
    {
        model.SavePretrained(_folder["saved"]);
        return BertModel.FromPretrained(_folder["saved"]);
    }

    private void AssertSameFiles(BertModel model)
    {
        model.SavePretrained(_folder["again"]);
        string[] files = [.. Directory.GetFiles(_folder["saved"]).Select(file => Path.GetFileName(file)).Order()];
        Assert.Equal(files, Directory.GetFiles(_folder["again"]).Select(file => Path.GetFileName(file)).Order());
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder["saved", file]), File.ReadAllBytes(_folder["again", file])));
    }

    private static float[] States(BertModel model)
    {
        int[] ids = [2, 17, 40, 88, 90, 3, 55, 61, 3];
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        using EncoderBatch batch = session.Rent(2, ids.Length);
        batch.Fill(0, ids, pairStart: 6);
        batch.Fill(1, ids.AsSpan(0, 4), pairStart: 4);
        batch.Run();
        return [.. batch.Output(0, 0), .. batch.Output(0, 1)];
    }
}
